import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Use {
  readonly name: string
  readonly cardinality: string
  readonly kinds: readonly string[]
  readonly values?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly target?: readonly string[]
  readonly deprecated?: string
  readonly label: { readonly vi: string; readonly en: string }
  readonly value?: string
  readonly unit?: string
}

/** What is read of `vocabulary.json`; attributes of a type leave out what the attribute says of itself. */
interface Vocabulary {
  readonly types: readonly (Pick<Use, 'name' | 'label' | 'deprecated'> & {
    readonly attributes: readonly Partial<Use>[]
  })[]
  readonly attributes: readonly Use[]
  readonly units: Readonly<Record<string, string>>
  readonly valueLists: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/**
 * Answers a schema of each entity type of the ontology by name, and `OntologyEntity` for any: attributes with kind, unit and range.
 * What concise form and several instances look like, and all rules, is in the JSON Schemas that the hub serves.
 */
export function entitySchemas(generated: string): Record<string, object> {
  const version = readdirSync(generated).sort(byNumber).at(-1) ?? ''
  const text = readFileSync(join(generated, version, 'vocabulary.json'), 'utf8')
  const vocabulary = JSON.parse(text) as Vocabulary // the ontology's own build wrote it
  const definitions = new Map(vocabulary.attributes.map((attribute) => [attribute.name, attribute]))
  const types = vocabulary.types.map(({ name, label, deprecated, attributes }) => {
    const uses = attributes.map(
      (use) => ({ cardinality: '0..1', ...definitions.get(use.name ?? ''), ...use }) as Use,
    ) // a use is laid over its attribute
    const members = uses.map((use) => [use.name, attributeSchema(use, vocabulary)])
    const schema = {
      title: `${label.en} · ${label.vi}`,
      description: `All rules: /ontology/${version}/schemas/${name}.json`,
      ...(deprecated !== undefined && { deprecated: true }),
      allOf: [{ $ref: '#/components/schemas/Entity' }],
      required: ['id', 'type', ...uses.filter(isRequired).map((use) => use.name)],
      properties: Object.fromEntries(members),
    }
    return [`${name}Entity`, schema] as const
  })
  const any = { anyOf: types.map(([name]) => ({ $ref: `#/components/schemas/${name}` })) }
  return { ...Object.fromEntries(types), OntologyEntity: any }
}

function isRequired({ cardinality }: Use): boolean {
  return cardinality.startsWith('1')
}

function attributeSchema(use: Use, vocabulary: Vocabulary): object {
  const { label, kinds, value, unit, values, minimum, maximum, target, deprecated } = use
  const facts = [
    kinds.join(' or '),
    values === undefined ? (value ?? '') : Object.keys(vocabulary.valueLists[values] ?? {}).join(' | '),
    unit === undefined ? '' : `${vocabulary.units[unit]} (${unit})`,
    minimum === undefined ? '' : `${minimum} to ${maximum}`,
    target ? `→ ${target.join(', ')}` : '',
  ]
  return {
    title: `${label.en} · ${label.vi}`,
    description: facts.filter((fact) => fact !== '').join(', '),
    ...(deprecated !== undefined && { deprecated: true }),
    $ref: '#/components/schemas/Attribute',
  }
}

function byNumber(left: string, right: string): number {
  return Number(left.slice(1)) - Number(right.slice(1))
}
