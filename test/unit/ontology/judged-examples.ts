import { definitionOf, ruleName } from '../../../ontology/build/uses.ts'
import { exampleEntity } from '../../../ontology/build/write-example.ts'
import type {
  AttributeUse,
  JsonObject,
  JsonValue,
  TypeDefinition,
  Vocabulary,
} from '../../../ontology/vocabulary.ts'

/** An entity, and which rule each of its attributes breaks; a good one: none. */
export interface JudgedExample {
  readonly entity: JsonObject
  readonly broken: ReadonlyMap<string, string>
}

type Spoil = (
  instance: JsonObject,
  use: AttributeUse,
  vocabulary: Vocabulary,
) => JsonObject | null | undefined

/** How each rule is broken; undefined: the attribute has no such rule, null: the attribute goes. */
const SPOILED: Readonly<Record<string, Spoil>> = {
  kind: ({ type }) => {
    if (type === 'GeoProperty') return undefined // a place of another kind is no NGSI-LD
    return type === 'Relationship'
      ? { type: 'Property', value: 1 }
      : { type: 'Relationship', object: 'urn:x:1' }
  },
  value: (instance, use, vocabulary) => {
    const { value } = definitionOf(use.name, vocabulary)
    if (instance.type !== 'Property' || use.values !== undefined) return undefined
    if (value === 'string' || value === 'object') return { ...instance, value: 7 }
    return { ...instance, value: 'not so' }
  },
  range: (instance, { maximum }) => (maximum === undefined ? undefined : { ...instance, value: maximum + 1 }),
  values: (instance, { values }) =>
    values === undefined || instance.type !== 'Property' ? undefined : { ...instance, value: 'not listed' },
  unit: (instance) => (instance.type === 'Property' ? { ...instance, unitCode: 'ZZ' } : undefined),
  cardinality: (instance, { cardinality }) => {
    if (cardinality.endsWith('n')) return undefined
    if (instance.type === 'Relationship') return { ...instance, object: ['urn:x:1', 'urn:x:2'] }
    return typeof instance.value === 'string' || typeof instance.value === 'number'
      ? { ...instance, value: [instance.value, `${instance.value} too`] }
      : undefined
  },
  required: (_, { cardinality }) => (cardinality.startsWith('1') ? null : undefined),
}

/**
 * Answers of each type a good example, and a bad one with an attribute for each rule: one of which no type before asked the
 * same, as long as there is one. It has nothing else but what it needs.
 */
export function judgedExamples(vocabulary: Vocabulary): readonly JudgedExample[] {
  const known = new Set<string>()
  return vocabulary.types.flatMap((type) => {
    const good = exampleEntity(type, vocabulary)
    const bad = spoiled(type, good)
    return [{ entity: good, broken: new Map() }, ...(bad.broken.size > 0 ? [bad] : [])]
  })

  function spoiled(type: TypeDefinition, good: JsonObject): JudgedExample {
    const broken = new Map<string, string>()
    const required = type.attributes.filter(({ cardinality }) => cardinality.startsWith('1'))
    const needed = ['type', '@context', ...required.map(({ name }) => name)]
    const entity: Record<string, JsonValue> = { id: otherId(String(good.id)) }
    for (const name of needed) entity[name] = good[name] ?? null
    for (const [rule, spoil] of Object.entries(SPOILED)) {
      const use = type.attributes.find((one) => !broken.has(one.name) && isNew(rule, spoil, one))
      if (!use) continue
      broken.set(use.name, rule)
      const worse = spoil(good[use.name] as JsonObject, use, vocabulary) // the example's attributes are instances
      if (worse) entity[use.name] = worse
      else delete entity[use.name]
    }
    return { entity, broken }

    function isNew(rule: string, spoil: Spoil, use: AttributeUse): boolean {
      const instance = good[use.name]
      const asked = `${rule} ${ruleName(use, type, vocabulary)}`
      if (!instance || known.has(asked)) return false
      const fits = spoil(instance as JsonObject, use, vocabulary) !== undefined
      if (fits) known.add(asked)
      return fits
    }
  }
}

/** Another id, in the form that its type may ask for. */
function otherId(id: string): string {
  return /\d{8}$/.test(id) ? id.replace(/\d$/, '9') : `${id}-bad`
}
