import type { EntityDocument } from '../../../../adapters/kit/values/entity-document.ts'
import { instancesOf } from '../../../../adapters/kit/values/entity-document.ts'
import { flatRecord } from '../../../../adapters/kit/values/flat-record.ts'
import { type Json, member } from '../../../../adapters/kit/values/json.ts'
import type { FieldProposal, Proposal } from '../../../../adapters/onboarding/propose-mapping.ts'
import { unitOf } from '../../../../ontology/units.ts'
import { tableText } from '../print-table.ts'

const HIDDEN = '•••'
const EXAMPLE = 24
const NARROWEST = 30

/** Writes what is proposed for each field, how sure that is, and why. */
export function proposalText({ type, types, fields, key }: Proposal): string {
  const sure = types.find((one) => one.type === type)?.confidence ?? 0
  const rows = fields.map((field) => [
    field.field,
    exampleOf(field),
    becomes(field),
    field.part === 'none' && !field.isKey ? '' : field.confidence.toFixed(2),
    field.reasons.join('; '),
  ])
  const named = key
    ? `named by ${key.fields.map(({ field }) => field).join(', ')} (${key.confidence.toFixed(2)})`
    : 'named by no field yet'
  return `Records become ${type.name} (${type.label.vi}; ${sure.toFixed(2)}), ${named}\n\n${tableText([['field', 'example', 'becomes', 'sure', 'why'], ...rows])}`
}

function exampleOf({ part, examples: [first] }: FieldProposal): string {
  if (part === 'personal' && first !== undefined) return HIDDEN
  return first === undefined ? '' : cut(typeof first === 'string' ? first : JSON.stringify(first), EXAMPLE)
}

function becomes({ part, column, isKey }: FieldProposal): string {
  const unit = column?.unit === undefined ? '' : ` (${column.unit})`
  const words = {
    attribute: `${column?.attribute ?? ''}${unit}`,
    time: 'observedAt',
    place: 'location',
    unsure: `? ${column?.attribute ?? ''}${unit}`,
    personal: 'not taken: of persons',
    none: '-',
  }[part]
  return isKey ? `id${words === '-' ? '' : `, ${words}`}` : words
}

/** Writes a record and what it becomes beside each other; what is of persons and not taken is not shown. */
export function besideText(
  record: Json,
  documents: readonly EntityDocument[],
  { fields, width }: { readonly fields: readonly FieldProposal[]; readonly width: number },
): string {
  const personal = new Set(fields.filter(({ part }) => part === 'personal').map(({ field }) => field))
  const left = Object.entries(flatRecord(record)).map(
    ([name, value]) => `${name}: ${personal.has(name) ? HIDDEN : JSON.stringify(value)}`,
  )
  const right = documents.flatMap(entityLines)
  const half = Math.max(NARROWEST, Math.floor((width - 3) / 2))
  const lines = Array.from({ length: Math.max(left.length, right.length) }, (_, at) =>
    `${cut(left[at] ?? '', half).padEnd(half)} | ${cut(right[at] ?? '', half)}`.trimEnd(),
  )
  return `${lines.join('\n')}\n`
}

function entityLines(document: EntityDocument): readonly string[] {
  const attributes = instancesOf(document)
    .filter(({ name }) => name !== 'source' && name !== 'dataProvider')
    .map(({ name, instance, observedAt }) => {
      const value = ['value', 'object', 'languageMap']
        .map((key) => member(instance, key))
        .find((one) => one !== undefined)
      const unitCode = member(instance, 'unitCode')
      const symbol =
        typeof unitCode === 'string' && unitCode !== 'C62' ? ` ${unitOf(unitCode)?.symbol ?? unitCode}` : ''
      return `${name}: ${shown(value)}${symbol}${observedAt === undefined ? '' : ` @ ${observedAt}`}`
    })
  return [`${document.id}`, ...attributes]
}

function shown(value: Json | undefined): string {
  const coordinates = member(value, 'coordinates')
  return JSON.stringify(coordinates ?? value ?? null)
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`
}
