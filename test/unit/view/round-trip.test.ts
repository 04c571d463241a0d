import { expect } from 'chai'
import fc from 'fast-check'
import { decodeAttribute, decodeEntity } from '../../../broker/core/context/decode-entity.ts'
import { createEntity } from '../../../broker/core/merge/create-entity.ts'
import { mergeEntity } from '../../../broker/core/merge/merge-entity.ts'
import { partialUpdateAttribute } from '../../../broker/core/merge/partial-update-attribute.ts'
import type { AttributeKind, Attributes, Entity, Instance } from '../../../broker/core/model/entity.ts'
import { LOCATION } from '../../../broker/core/model/iri.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../../broker/core/model/json.ts'
import { Problem } from '../../../broker/core/model/problem.ts'
import { canonicalEntity } from '../../../broker/store/port/canonical.ts'
import { parseEntity } from '../../../broker/store/port/change.ts'
import { tableOf, term } from '../context/terms.ts'
import { KINDS, values } from '../merge/arbitraries.ts'
import { DATASET, entity, ID, iri, LATER, NOW, stored, THEN } from '../merge/build.ts'
import { render, renderFeature } from './rendered.ts'

const EX = 'https://example.org/'
const table = tableOf(
  term('ex', EX, { prefix: true }),
  term('speed', `${EX}speed`),
  term('good', iri('good')),
)
const NAMES = [iri('a'), iri('b'), `${EX}speed`, `${EX}other`, 'urn:example:c', LOCATION]

/** Values that look like attributes, geometries or keywords: what a reader could take for something else. */
const word = fc.constantFrom(
  ...[
    'type',
    'value',
    'object',
    'observedAt',
    'coordinates',
    'a',
    '__proto__',
    'Point',
    'Property',
    'languageMap',
  ],
  ...['json', 'vocab', 'dataset', '@value', '@type', 'datasetId', 'unitCode'],
)
const confusing: fc.Arbitrary<JsonValue> = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.integer(),
    word,
    fc.array(tie('value'), { maxLength: 2 }),
    fc.dictionary(word, tie('value'), { maxKeys: 2 }),
  ),
})).value

const held: Readonly<Record<AttributeKind, fc.Arbitrary<JsonValue>>> = {
  ...values,
  Property: confusing,
  GeoProperty: fc.oneof(
    values.GeoProperty,
    fc.constant<JsonValue>({
      type: 'LineString',
      coordinates: [
        [1, 2],
        [3, 4],
      ],
    }),
  ),
  JsonProperty: fc.oneof(
    values.JsonProperty,
    fc.constantFrom<JsonValue>({ type: 'Property', value: null }, [null], { '@value': 1 }),
  ),
  VocabProperty: fc.oneof(values.VocabProperty, fc.constant<JsonValue>([iri('good'), `${EX}bad`, 'urn:x:y'])),
}

const UNITS: ReadonlySet<AttributeKind> = new Set(['Property', 'ListProperty'])
const LINKS: ReadonlySet<AttributeKind> = new Set(['Relationship', 'ListRelationship'])

/** What else an instance of a kind may have. */
function membersOf(kind: AttributeKind): fc.Arbitrary<Partial<Instance>> {
  return fc.record(
    {
      observedAt: fc.constantFrom(THEN, THEN + 1, THEN + 1000),
      expiresAt: fc.constant(LATER),
      ...(UNITS.has(kind) && { unitCode: fc.constantFrom('CEL', '') }),
      ...(kind === 'Property' && { valueType: fc.constantFrom(iri('Celsius'), `${EX}Kelvin`) }),
      ...(LINKS.has(kind) && { objectType: fc.constantFrom<Iris>(iri('Hall'), [iri('Hall'), `${EX}Shed`]) }),
    },
    { requiredKeys: [] },
  )
}
type Iris = string | readonly string[]

const precomputed = new Map(KINDS.map((kind) => [kind, fc.tuple(held[kind], membersOf(kind))] as const))

/** Attributes with sub-attributes so many levels deep, at most two instances each. */
function attributesOf(depth: number): fc.Arbitrary<Attributes> {
  const below = depth > 0 ? fc.oneof(fc.constant({}), attributesOf(depth - 1)) : fc.constant({})
  const instance = fc.constantFrom(...precomputed).chain(([kind, parts]) =>
    fc.tuple(parts, below).map(
      ([[value, members], inner]): Instance => ({
        ...stored(value, members),
        kind,
        ...(Object.keys(inner).length > 0 && { attributes: inner }),
      }),
    ),
  )
  const list = fc.array(instance, { minLength: 1, maxLength: 2 })
  return fc
    .dictionary(fc.constantFrom(...NAMES), list, { maxKeys: 3 })
    .map((byName) =>
      Object.fromEntries(
        Object.entries(byName).map(([name, instances]) => [
          name,
          instances.map((one, at) => (at === 0 ? one : { ...one, datasetId: DATASET })),
        ]),
      ),
    )
}

/** Entities of any kind of attribute; those that the core keeps for geometries hold nothing else. */
const entities = fc
  .record({
    types: fc.constantFrom([iri('Station')], [iri('Station'), `${EX}Hall`]),
    scopes: fc.constantFrom(undefined, ['/A'], ['/A/B', '/Đ']),
    attributes: attributesOf(1),
  })
  .map(({ types, scopes, attributes: all }) => {
    const { [LOCATION]: places = [], ...others } = all
    const location = places
      .filter(({ kind }) => kind === 'GeoProperty')
      .map(({ datasetId: _, ...place }, at) => (at === 0 ? place : { ...place, datasetId: DATASET }))
    return entity(
      {},
      {
        types,
        ...(scopes && { scopes }),
        attributes: { ...others, ...(location.length > 0 && { [LOCATION]: location }) },
      },
    )
  })

/** A JSON copy, as it would have travelled. */
const sent = (body: unknown): JsonObject => JSON.parse(JSON.stringify(body))

function created(body: JsonObject): Entity | undefined {
  return createEntity(undefined, decodeEntity(body, table, { nulls: 'forbidden' }), NOW).next
}

describe('what is written reads back', () => {
  for (const format of ['normalized', 'concise'] as const) {
    it(`${format}: rendered, decoded and created, an entity is what it was`, () => {
      fc.assert(
        fc.property(entities, (before) => {
          const body = sent(render(before, { format, sysAttrs: true }, table))
          expect(undated(created(body))).to.deep.equal(undated(before))
        }),
        { numRuns: 300 },
      )
    })

    it(`${format} GeoJSON: the properties of a Feature with its id are the entity, its geometry the location`, () => {
      fc.assert(
        fc.property(entities, (before) => {
          const feature = sent(renderFeature(before, { format, sysAttrs: true }, table))
          const { id = '', geometry, properties = {} } = feature
          if (!isJsonObject(properties)) throw new Error('Feature has no properties')
          expect(undated(created({ ...properties, id }))).to.deep.equal(undated(before))
          const shown = before.attributes[LOCATION]?.find(({ datasetId }) => datasetId === undefined)
          expect(geometry).to.deep.equal(sent(shown?.value ?? null))
        }),
        { numRuns: 150 },
      )
    })
  }

  for (const [title, write] of [
    ['simplified', (before: Entity) => render(before, { format: 'simplified' }, table)],
    ['simplified GeoJSON', (before: Entity) => simplifiedProperties(before)],
  ] as const) {
    it(`${title}: merged into the entity that it was rendered from, it changes nothing`, () => {
      fc.assert(
        fc.property(entities, (before) => {
          fc.pre(!hasAmbiguousValue(before))
          const body = decodeEntity(sent(write(before)), table, {
            nulls: 'deep',
            partial: true,
            simplified: true,
          })
          expect(mergeEntity(before, body, {}, NOW)).not.to.have.any.keys('next', 'change')
        }),
        { numRuns: 200 },
      )
    })
  }

  it('canonical: what a store writes is what it reads, in one text whatever the order of attributes', () => {
    fc.assert(
      fc.property(entities, (before) => {
        const text = canonicalEntity(before)
        expect(sent(parseEntity(text))).to.deep.equal(sent(before))
        const turned = {
          ...before,
          attributes: Object.fromEntries(Object.entries(before.attributes).reverse()),
        }
        expect(canonicalEntity(turned)).to.equal(text)
      }),
    )
  })

  it('what a change of single members leaves could be created', () => {
    const member = fc.constantFrom<JsonObject>(
      { unitCode: 'CEL' },
      { valueType: 'Celsius' },
      { objectType: 'Hall' },
      { observedAt: '2026-01-01T00:00:00Z' },
      { by: { type: 'Property', value: 1 } },
    )
    fc.assert(
      fc.property(entities, member, (before, body) => {
        for (const name of Object.keys(before.attributes)) {
          const fragments = decodeAttribute('x', body, table, { nulls: 'attribute', partial: 'attribute' })
          const changes = [
            () => partialUpdateAttribute(before, name, fragments, NOW).next,
            () => mergeEntity(before, { attributes: { [name]: fragments } }, {}, NOW).next,
          ]
          for (const after of changes.map(unless)) {
            if (!after) continue
            const body = sent(render(after, { format: 'normalized', sysAttrs: true }, table))
            expect(undated(created(body))).to.deep.equal(undated(after))
          }
        }
      }),
      { numRuns: 200 },
    )
  })
})

/** What is made, or nothing where a problem refuses to. */
function unless<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch (error) {
    if (error instanceof Problem) return undefined
    throw error
  }
}

function simplifiedProperties(before: Entity): JsonObject {
  const feature = renderFeature(before, { format: 'simplified' }, table)
  return { ...(feature?.properties as JsonObject), id: ID } // a Feature has properties
}

/** A bare value that is an object with one of these members alone reads as an attribute of that kind (4.5.4). */
function hasAmbiguousValue({ attributes: all }: Entity): boolean {
  const wrappers = ['languageMap', 'vocab', 'json', 'dataset']
  return Object.values(all)
    .flat()
    .some(({ kind, value }) => {
      const keys = kind === 'Property' && isJsonObject(value) ? Object.keys(value) : []
      return keys.length === 1 && wrappers.includes(keys[0] ?? '')
    })
}

/** Everything but the times of the system, as it would be sent, so that absent and undefined are the same. */
function undated(thing: unknown): unknown {
  return JSON.parse(JSON.stringify(thing).replace(/,"(?:createdAt|modifiedAt)":\d+/g, ''))
}
