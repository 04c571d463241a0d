import fc from 'fast-check'
import { createEntity } from '../../../broker/core/merge/create-entity.ts'
import type {
  AttributeFragments,
  AttributeKind,
  Entity,
  EntityFragment,
  InstanceFragment,
} from '../../../broker/core/model/entity.ts'
import { NGSI_LD_NULL } from '../../../broker/core/model/iri.ts'
import type { JsonValue } from '../../../broker/core/model/json.ts'
import { DATASET, fragment, ID, iri, THEN } from './build.ts'

const scalar = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom('a', 'b', true, ''))
const key = fc.constantFrom('x', 'y', '__proto__')

/** Small JSON values with few keys, so that two of them often have to do with each other. */
export const json: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie('value'), { maxLength: 2 }),
    fc.dictionary(key, tie('value'), { maxKeys: 2 }),
  ),
})).value

const uri = fc.constantFrom('urn:x:1', 'urn:x:2')
const structure = fc.oneof(
  fc.array(json, { maxLength: 2 }),
  fc.dictionary(key, json, { maxKeys: 2 }),
) as fc.Arbitrary<JsonValue> // both are JSON

/** What each kind may hold, as a body of a creation gives it after decoding. */
export const values: Readonly<Record<AttributeKind, fc.Arbitrary<JsonValue>>> = {
  Property: json,
  GeoProperty: fc
    .tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 }))
    .map((coordinates) => ({ type: 'Point', coordinates })),
  LanguageProperty: fc.dictionary(fc.constantFrom('vi', 'en', '@none'), fc.constantFrom('a', 'b'), {
    minKeys: 1,
    maxKeys: 2,
  }),
  VocabProperty: fc.oneof(fc.constantFrom(iri('good'), iri('bad')), fc.constant([iri('good'), iri('bad')])),
  JsonProperty: structure,
  ListProperty: fc.array(scalar, { maxLength: 2 }),
  Relationship: fc.oneof(uri, fc.constant<JsonValue>(['urn:x:1', 'urn:x:2'])),
  ListRelationship: fc.array(uri, { maxLength: 2 }),
}

/** What a merge may give instead: NGSI-LD Null as a whole, or for keys and languages. */
const nulls: Readonly<Partial<Record<AttributeKind, fc.Arbitrary<JsonValue>>>> = {
  Property: fc.dictionary(key, fc.constantFrom(1, NGSI_LD_NULL), { maxKeys: 2 }),
  JsonProperty: fc.dictionary(key, fc.constantFrom(1, NGSI_LD_NULL), { maxKeys: 2 }),
  LanguageProperty: fc.dictionary(fc.constantFrom('vi', 'en'), fc.constantFrom('c', NGSI_LD_NULL), {
    minKeys: 1,
    maxKeys: 2,
  }),
}

export const KINDS = Object.keys(values) as readonly AttributeKind[] // the keys of a record by kind

/** One instance of any kind; most are Properties, so that instances of one kind meet. */
function instances(withNulls: boolean, depth: number): fc.Arbitrary<InstanceFragment> {
  const kind = fc.oneof(
    { weight: 4, arbitrary: fc.constant<AttributeKind>('Property') },
    fc.constantFrom(...KINDS),
  )
  return kind
    .chain((one) => fc.tuple(fc.constant(one), heldBy(one, withNulls), members, belowOf(withNulls, depth)))
    .map(([one, value, more, below]) => ({
      kind: one,
      value,
      ...more,
      ...(Object.keys(below).length > 0 && { attributes: below }),
    }))
}

const members = fc.record(
  { observedAt: fc.constant(THEN), datasetId: fc.constant(DATASET) },
  { requiredKeys: [] },
)

function heldBy(kind: AttributeKind, withNulls: boolean): fc.Arbitrary<JsonValue> {
  if (!withNulls) return values[kind]
  return fc.oneof(
    { weight: 3, arbitrary: values[kind] },
    fc.constant(NGSI_LD_NULL),
    nulls[kind] ?? values[kind],
  )
}

function belowOf(withNulls: boolean, depth: number): fc.Arbitrary<AttributeFragments> {
  return depth > 0 ? attributes(withNulls, depth - 1) : fc.constant({})
}

/** Attributes by few names, each instance with another datasetId. */
function attributes(withNulls: boolean, depth: number): fc.Arbitrary<AttributeFragments> {
  const several = fc.uniqueArray(instances(withNulls, depth), {
    minLength: 1,
    maxLength: 2,
    selector: ({ datasetId }) => datasetId ?? '',
  })
  return fc
    .dictionary(fc.constantFrom('one', 'two', 'three'), several, { maxKeys: 3 })
    .map((byTerm) => fragment(byTerm).attributes)
}

/** Bodies without NGSI-LD Null, as creations, appends and replacements take them. */
export const bodies: fc.Arbitrary<EntityFragment> = attributes(false, 1).map((held) => ({ attributes: held }))

/** Bodies as updates and merges take them. */
export const patches: fc.Arbitrary<EntityFragment> = attributes(true, 1).map((held) => ({ attributes: held }))

/** Entities of all kinds of attributes, created THEN. */
export const entities: fc.Arbitrary<Entity> = bodies.map(({ attributes: held }) => {
  const { next } = createEntity(undefined, { id: ID, types: [iri('Station')], attributes: held }, THEN)
  if (!next) throw new Error('Creation made no entity')
  return next
})
