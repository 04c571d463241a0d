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
  readonly attributes: readonly Omit<Use, 'cardinality'>[]
  readonly units: Readonly<Record<string, string>>
  readonly valueLists: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

/** Attributes that a caller is shown, or may write, by type, with how; what is not there is never seen. */
export type Sight = ReadonlyMap<string, ReadonlyMap<string, Manner>>
type Manner = 'clear' | 'masked' | 'scanned' | 'together' | 'written'

interface Words {
  readonly or: string
  readonly to: string
  readonly rules: string
  readonly shown: Readonly<Record<Manner, string>>
}

const WORDS: Readonly<Record<Language, Words>> = {
  en: {
    or: 'or',
    to: 'to',
    rules: 'All rules',
    shown: {
      clear: '',
      masked: 'shown masked, or as policies say of each entity',
      scanned: 'shown without the personal identifiers that a scan finds in it',
      together: 'told of many entities together only',
      written: 'may be written, is never shown',
    },
  },
  vi: {
    or: 'hoặc',
    to: 'đến',
    rules: 'Mọi quy tắc',
    shown: {
      clear: '',
      masked: 'hiển thị ở dạng đã che, hoặc theo chính sách đối với từng thực thể',
      scanned: 'hiển thị sau khi bỏ các định danh cá nhân được phát hiện',
      together: 'chỉ cung cấp dưới dạng tổng hợp của nhiều thực thể',
      written: 'được ghi nhưng không bao giờ hiển thị',
    },
  },
}

/**
 * Answers a schema of each entity type of the ontology by name, and `OntologyEntity` for any: attributes with kind, unit and range.
 * What concise form and several instances look like, and all rules, is in the JSON Schemas that the hub serves. With a sight, only
 * what is in it is there, and says how it is shown.
 */
export function entitySchemas(
  vocabulary: EntityVocabulary,
  language: Language,
  sight?: Sight,
): Record<string, object> {
  const definitions = new Map(vocabulary.attributes.map((attribute) => [attribute.name, attribute]))
  const shown = vocabulary.types.filter(({ name }) => sight?.has(name) !== false)
  const types = shown.map(({ name, label, definition, deprecated, attributes }) => {
    const manners = sight?.get(name)
    const uses = attributes
      .filter((use) => manners?.has(use.name ?? '') !== false)
      .map((use) => ({ cardinality: '0..1', ...definitions.get(use.name ?? ''), ...use }) as Use) // a use is laid over its attribute
    const members = uses.map((use) => [
      use.name,
      attributeSchema(use, manners?.get(use.name) ?? 'clear', {
        vocabulary,
        language,
        ...(sight && { sight }),
      }),
    ])
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
  const any =
    types.length === 0
      ? { $ref: '#/components/schemas/Entity' }
      : { anyOf: types.map(([name]) => ({ $ref: `#/components/schemas/${name}` })) }
  return { ...Object.fromEntries(types), OntologyEntity: any }
}

function isRequired({ cardinality }: Use): boolean {
  return cardinality.startsWith('1')
}

interface Surroundings {
  readonly vocabulary: EntityVocabulary
  readonly language: Language
  readonly sight?: Sight
}

function attributeSchema(
  { label, kinds, value, unit, values, minimum, maximum, target, deprecated }: Use,
  manner: Manner,
  { vocabulary, language, sight }: Surroundings,
): object {
  const words = WORDS[language]
  const targets = target?.filter((name) => sight?.has(name) !== false) ?? []
  const facts = [
    kinds.join(` ${words.or} `),
    values === undefined ? (value ?? '') : Object.keys(vocabulary.valueLists[values] ?? {}).join(' | '),
    unit === undefined ? '' : `${vocabulary.units[unit]} (${unit})`,
    minimum === undefined ? '' : `${minimum} ${words.to} ${maximum}`,
    targets.length === 0 ? '' : `→ ${targets.join(', ')}`,
    words.shown[manner],
  ]
  return {
    title: label[language],
    description: facts.filter((fact) => fact !== '').join(', '),
    ...(deprecated !== undefined && { deprecated: true }),
    ...(manner === 'written' && { writeOnly: true }),
    ...(manner !== 'clear' && { 'x-shown': manner }),
    $ref: '#/components/schemas/Attribute',
  }
}
