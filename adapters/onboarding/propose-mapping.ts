import type { TypeDefinition } from '../../ontology/vocabulary.ts'
import type { Column } from '../kit/definition/column-mapping.ts'
import type { Json } from '../kit/values/json.ts'
import { type Assignment, assignFields, chooseType, type TypeChoice } from './choose-type.ts'
import { DecisionFault } from './decision-fault.ts'
import { keysIn, type PlaceRole, placeIn, type Role, type TimeRole, timesIn } from './find-roles.ts'
import { asAttribute, type Match, vocabulary } from './match-attribute.ts'
import { type PointsToPerson, personalReason } from './personal-field.ts'
import { type SampledField, sampledFields } from './sampled-field.ts'

const LOCATION = 'location'

/** From so sure on a field is mapped without being asked about. */
export const SURE = 0.7

/** What is proposed for a field. */
export interface FieldProposal {
  readonly field: string
  readonly examples: readonly Json[]
  /** `unsure` is told and not mapped, `personal` is of persons and not mapped, `none`: nothing is like it. */
  readonly part: 'attribute' | 'time' | 'place' | 'unsure' | 'personal' | 'none'
  /** It names the thing that a record is of. */
  readonly isKey: boolean
  /** What it becomes, or would if somebody said so. */
  readonly column?: Column
  readonly confidence: number
  readonly reasons: readonly string[]
}

/** What somebody said about a proposal; all that is not said is proposed. */
export interface Decisions {
  readonly type?: string
  readonly key?: string
  /** '' for none. */
  readonly time?: string
  /** Attributes by field; '' leaves a field out. */
  readonly columns?: Readonly<Record<string, string>>
}

/** A mapping of sampled records, with how sure each part of it is. */
export interface Proposal {
  readonly type: TypeDefinition
  readonly types: readonly TypeChoice[]
  readonly fields: readonly FieldProposal[]
  readonly key?: Role
  readonly time?: TimeRole
  readonly place?: PlaceRole
  readonly decimal?: ',' | '.'
}

/** What is known of a source besides its records. */
export interface SampledSource {
  readonly records: readonly Json[]
  /** Names of the source: its file, address, sheet. */
  readonly hints: readonly string[]
  readonly pointsToPerson: PointsToPerson
}

/** Proposes what records become: their type, key, time and place, and an attribute for each field. @throws DecisionFault */
export function proposeMapping(source: SampledSource, decisions: Decisions = {}): Proposal {
  const fields = sampledFields(source.records)
  const said = decisions.columns ?? {}
  checkFields(fields, [...Object.keys(said), decisions.key, decisions.time])
  const personal = new Map(
    fields.flatMap((field) => {
      const reason = personalReason(field, source.pointsToPerson)
      return reason === undefined ? [] : [[field, reason] as const]
    }),
  )
  const open = fields.filter((field) => !personal.has(field) && said[field.field] !== '')
  const isSaid = ({ field }: SampledField): boolean => said[field] !== undefined && said[field] !== LOCATION
  const found = placeIn(open.filter((field) => !isSaid(field)))
  const others = open.filter((field) => !found?.fields.includes(field))
  const types = chooseType(others, source.hints)
  const type = typeOf(types, decisions.type)
  const place = placeFor(type, found, { said, personal })
  const assigned = withSaid(assignFields(type, others), { type, fields, said, place })
  const key = keyOf(keysIn(open, source.records.length), fields, decisions.key)
  const time = timeOf(timesIn(others.filter((field) => !isSaid(field))), assigned, decisions.time)
  const taken = new Map<SampledField, FieldProposal>()
  for (const role of [time, place])
    for (const field of role?.fields ?? [])
      taken.set(field, partOf(field, role === time ? 'time' : 'place', role as Role)) // its fields are there
  const proposals = fields.map((field) => {
    const proposal = taken.get(field) ?? fieldProposal(field, { assigned, personal, said })
    if (!key?.fields.includes(field)) return proposal
    const named = { ...proposal, isKey: true }
    return proposal.part === 'none' ? { ...named, confidence: key.confidence, reasons: [key.reason] } : named
  })
  const decimal = fields.find(({ shape }) => shape.decimal !== undefined)?.shape.decimal
  return {
    type,
    types,
    fields: proposals,
    ...(key && { key }),
    ...(time && { time }),
    ...(place && { place }),
    ...(decimal !== undefined && { decimal }),
  }
}

function checkFields(fields: readonly SampledField[], said: readonly (string | undefined)[]): void {
  const names = new Set(fields.map(({ field }) => field))
  const missing = said.find((name) => name !== undefined && name !== '' && !names.has(name))
  if (missing !== undefined)
    throw new DecisionFault(`Source has no field ${missing}; it has ${[...names].join(', ')}`)
}

function typeOf(types: readonly TypeChoice[], said: string | undefined): TypeDefinition {
  const found = said === undefined ? types[0]?.type : vocabulary().types.find(({ name }) => name === said)
  if (!found) throw new DecisionFault(`Ontology has no type ${said ?? ''}`)
  return found
}

/** Places of some types are those of persons: taken where somebody says so. */
function placeFor(
  type: TypeDefinition,
  place: PlaceRole | undefined,
  {
    said,
    personal,
  }: { readonly said: NonNullable<Decisions['columns']>; readonly personal: Map<SampledField, string> },
): PlaceRole | undefined {
  const use = type.attributes.find(({ name }) => name === LOCATION)
  if (!place || !use) return undefined
  if (use.personalData === 'none' || place.fields.every(({ field }) => said[field] === LOCATION)) return place
  for (const field of place.fields) personal.set(field, `location of ${type.name} is classed as personal`)
  return undefined
}

interface Saying {
  readonly place: PlaceRole | undefined
  readonly type: TypeDefinition
  readonly fields: readonly SampledField[]
  readonly said: Readonly<Record<string, string>>
}

/** What is said takes the place of what was guessed, for the field and for the attribute. */
function withSaid(guessed: Assignment, { type, fields, said, place }: Saying): Assignment {
  const assigned = new Map(guessed)
  for (const [name, attribute] of Object.entries(said)) {
    const field = fields.find((one) => one.field === name)
    if (!field || attribute === '' || place?.fields.includes(field)) continue
    const use = type.attributes.find((one) => one.name === attribute)
    if (!use) throw new DecisionFault(`Type ${type.name} has no attribute ${attribute}`)
    const match = asAttribute(field, use)
    if (!match) throw new DecisionFault(`Values of field ${name} cannot be ${attribute}`)
    for (const [other, { column }] of guessed) if (column.attribute === attribute) assigned.delete(other)
    assigned.set(field, { ...match, confidence: 1, reasons: ['was said', ...match.reasons] })
  }
  return assigned
}

function keyOf(
  keys: readonly Role[],
  fields: readonly SampledField[],
  said: string | undefined,
): Role | undefined {
  const field = said === undefined ? undefined : fields.find((one) => one.field === said)
  return field ? { fields: [field], confidence: 1, reason: 'was said' } : keys[0]
}

/** A field that is surely an attribute, such as when a container was emptied, tells no observation. */
function timeOf(
  times: readonly TimeRole[],
  assigned: Assignment,
  said: string | undefined,
): TimeRole | undefined {
  if (said === '') return undefined
  if (said !== undefined) {
    const role = times.find(({ fields }) => fields[0]?.field === said)
    if (!role) throw new DecisionFault(`Field ${said} holds no times that are read`)
    return { ...role, confidence: 1 }
  }
  return times.find(({ fields, confidence }) =>
    fields.every((field) => (assigned.get(field)?.confidence ?? 0) < Math.max(SURE, confidence)),
  )
}

function partOf(
  { field, values }: SampledField,
  part: FieldProposal['part'],
  { confidence, reason }: Pick<Role, 'confidence' | 'reason'>,
): FieldProposal {
  return { field, examples: values.slice(0, 3), part, isKey: false, confidence, reasons: [reason] }
}

function fieldProposal(
  field: SampledField,
  {
    assigned,
    personal,
    said,
  }: {
    readonly assigned: Assignment
    readonly personal: ReadonlyMap<SampledField, string>
    readonly said: Readonly<Record<string, string>>
  },
): FieldProposal {
  const decision = said[field.field]
  const reason = personal.get(field)
  const match = assigned.get(field)
  if (decision === '') return partOf(field, 'none', { confidence: 1, reason: 'was left out' })
  if (decision === undefined && reason !== undefined)
    return partOf(field, 'personal', { confidence: 0.9, reason })
  if (!match) return partOf(field, 'none', { confidence: 0, reason: 'no attribute of the type is like it' })
  return {
    ...partOf(field, partBy(match, decision), { confidence: match.confidence, reason: '' }),
    column: match.column,
    reasons: match.personal ? [...match.reasons, 'the ontology classes it as personal'] : match.reasons,
  }
}

function partBy({ personal, confidence }: Match, decision: string | undefined): FieldProposal['part'] {
  if (decision !== undefined) return 'attribute'
  if (personal) return 'personal'
  return confidence >= SURE ? 'attribute' : 'unsure'
}
