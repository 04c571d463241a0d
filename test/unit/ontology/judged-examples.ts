import { definitionOf } from '../../../ontology/build/uses.ts'
import { exampleEntity } from '../../../ontology/build/write-example.ts'
import type { AttributeUse, JsonObject, TypeDefinition, Vocabulary } from '../../../ontology/vocabulary.ts'

/** An entity, and which rule it breaks at which attribute; without: none. */
export interface JudgedExample {
  readonly entity: JsonObject
  readonly rule?: string
  readonly attribute?: string
}

type Spoil = (
  instance: JsonObject,
  use: AttributeUse,
  vocabulary: Vocabulary,
) => JsonObject | null | undefined

/** How each rule is broken; undefined: the attribute has no such rule, null: the attribute goes. */
const SPOILED: Readonly<Record<string, Spoil>> = {
  kind: (instance) =>
    instance.type === 'Relationship'
      ? { type: 'Property', value: 1 }
      : { type: 'Relationship', object: 'urn:x:1' },
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

/** Answers a good example of each type, and for each rule one that breaks it where the type has an attribute with that rule. */
export function judgedExamples(vocabulary: Vocabulary): readonly JudgedExample[] {
  return vocabulary.types.flatMap((type) => {
    const good = exampleEntity(type, vocabulary)
    const bad = Object.entries(SPOILED).flatMap(([rule, spoil], at) =>
      spoiled(type, good, { rule, spoil, at }),
    )
    return [{ entity: good }, ...bad]
  })

  function spoiled(
    type: TypeDefinition,
    good: JsonObject,
    { rule, spoil, at }: { readonly rule: string; readonly spoil: Spoil; readonly at: number },
  ): readonly JudgedExample[] {
    const required = type.attributes.filter(({ cardinality }) => cardinality.startsWith('1'))
    const needed = new Set(['type', '@context', ...required.map(({ name }) => name)])
    for (const use of type.attributes) {
      const instance = good[use.name] as JsonObject | undefined // the example's attributes are instances
      const worse = instance && spoil(instance, use, vocabulary)
      if (worse === undefined) continue
      const entity = {
        ...Object.fromEntries(Object.entries(good).filter(([name]) => needed.has(name) && name !== use.name)),
        ...(worse && { [use.name]: worse }),
        id: otherId(String(good.id), at),
      }
      return [{ entity, rule, attribute: use.name }]
    }
    return []
  }
}

/** An id for each example, in the form that its type may ask for. */
function otherId(id: string, at: number): string {
  return /\d{8}$/.test(id) ? id.replace(/\d$/, String(at + 2)) : `${id}-${at}`
}
