import type { Language } from './languages.ts'

type Text = Readonly<Record<Language, string>>

interface Use {
  readonly name: string
  readonly cardinality: string
  readonly kinds: readonly string[]
  readonly values?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly target?: readonly string[]
  readonly deprecated?: string
  readonly label: Text
  readonly value?: string
  readonly unit?: string
}

/** What is read of the ontology; attributes of a type may leave out what the attribute says of itself. */
export interface EntityVocabulary {
  readonly version: string
  readonly types: readonly (Pick<Use, 'name' | 'label' | 'deprecated'> & {
    readonly definition: Text
    readonly attributes: readonly Partial<Use>[]
  })[]
  readonly attributes: readonly Use[]
  readonly units: Readonly<Record<string, string>>
  readonly valueLists: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

const WORDS: Readonly<Record<Language, { or: string; to: string; rules: string }>> = {
  en: { or: 'or', to: 'to', rules: 'All rules' },
  vi: { or: 'hoặc', to: 'đến', rules: 'Mọi quy tắc' },
}

/**
 * Answers a schema of each entity type of the ontology by name, and `OntologyEntity` for any: attributes with kind, unit and range.
 * What concise form and several instances look like, and all rules, is in the JSON Schemas that the hub serves.
 */
export function entitySchemas(vocabulary: EntityVocabulary, language: Language): Record<string, object> {
  const definitions = new Map(vocabulary.attributes.map((attribute) => [attribute.name, attribute]))
  const types = vocabulary.types.map(({ name, label, definition, deprecated, attributes }) => {
    const uses = attributes.map(
      (use) => ({ cardinality: '0..1', ...definitions.get(use.name ?? ''), ...use }) as Use,
    ) // a use is laid over its attribute
    const members = uses.map((use) => [use.name, attributeSchema(use, vocabulary, language)])
    const rules = `${WORDS[language].rules}: /ontology/${vocabulary.version}/schemas/${name}.json`
    const schema = {
      title: label[language],
      description: `${definition[language]}. ${rules}`,
      'x-entity-type': name,
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

function attributeSchema(use: Use, vocabulary: EntityVocabulary, language: Language): object {
  const { label, kinds, value, unit, values, minimum, maximum, target, deprecated } = use
  const words = WORDS[language]
  const facts = [
    kinds.join(` ${words.or} `),
    values === undefined ? (value ?? '') : Object.keys(vocabulary.valueLists[values] ?? {}).join(' | '),
    unit === undefined ? '' : `${vocabulary.units[unit]} (${unit})`,
    minimum === undefined ? '' : `${minimum} ${words.to} ${maximum}`,
    target ? `→ ${target.join(', ')}` : '',
  ]
  return {
    title: label[language],
    description: facts.filter((fact) => fact !== '').join(', '),
    ...(deprecated !== undefined && { deprecated: true }),
    $ref: '#/components/schemas/Attribute',
  }
}
