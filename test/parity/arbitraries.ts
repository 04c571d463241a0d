import fc from 'fast-check'
import type { Attributes, Entity, Instance } from '../../broker/core/model/entity.ts'
import type { JsonValue } from '../../broker/core/model/json.ts'
import type {
  EntityQuery,
  Geometry,
  GeoQuery,
  QNode,
  QPath,
  QScalar,
  QValue,
  ScopeNode,
  TypeNode,
} from '../../broker/core/query/ast.ts'
import { NOW } from '../support/store-builders.ts'

// Few names and values, so that entities and queries often meet.
const TYPES = ['urn:t:a', 'urn:t:b', 'urn:t:c']
const NAMES = ['urn:p:one', 'urn:p:two', 'urn:p:three', 'urn:p:place']
const LONG = 'x'.repeat(395)
const TEXTS = [
  '',
  'a',
  'b',
  'ab',
  'A',
  'é',
  '\u{1F600}',
  '\uFFFD',
  'a\u0000',
  'a\u0001',
  LONG,
  `${LONG}yyyyyyyy`,
  `${LONG}yyyyyzzz`,
]
const TIMES = ['2026-01-01T00:00:00Z', '2026-01-01', '12:30:00Z', '2025-06-30T23:59:59.5Z', '12:30:01Z']
const LINKS = ['urn:x:1', 'urn:x:2', 'urn:x:3']
/** After all queries of the tests. */
const LATER = NOW + 3_600_000_000
const SCOPES = ['/a', '/a/b', '/a/b/c', '/ab', '/b', '/b/c']

const number = fc.constantFrom(-1, 0, 1, 1.5, 2, 1e20)
const text = fc.oneof(fc.constantFrom(...TEXTS), fc.constantFrom(...TIMES))
const link = fc.constantFrom(...LINKS)
const scalar: fc.Arbitrary<JsonValue> = fc.oneof(number, fc.boolean(), text, link)
const degree = fc.integer({ min: -4, max: 4 })
const ring = fc.tuple(degree, degree, fc.integer({ min: 1, max: 4 })).map(([x, y, size]) => [
  [x, y],
  [x + size, y],
  [x + size, y + size],
  [x, y],
])
const geometry: fc.Arbitrary<Geometry> = fc.oneof(
  fc.tuple(degree, degree).map((coordinates) => ({ type: 'Point' as const, coordinates })),
  fc
    .tuple(fc.constantFrom(179.9, -179.9, 0), fc.constantFrom(89.9, 0, -89.9))
    .map((coordinates) => ({ type: 'Point' as const, coordinates })),
  ring.map((positions) => ({ type: 'Polygon' as const, coordinates: [positions] })),
  ring.map((positions) => ({ type: 'LineString' as const, coordinates: positions })),
  fc
    .array(fc.tuple(degree, degree), { minLength: 1, maxLength: 3 })
    .map((coordinates) => ({ type: 'MultiPoint' as const, coordinates })),
  fc
    .array(ring, { minLength: 1, maxLength: 2 })
    .map((coordinates) => ({ type: 'MultiLineString' as const, coordinates })),
  fc
    .array(ring, { minLength: 1, maxLength: 2 })
    .map((rings) => ({ type: 'MultiPolygon' as const, coordinates: rings.map((positions) => [positions]) })),
)
const value: fc.Arbitrary<JsonValue> = fc.oneof(
  { weight: 5, arbitrary: scalar },
  fc.array(scalar, { maxLength: 3 }),
  fc.record({ '@type': fc.constant('DateTime'), '@value': fc.oneof(text, fc.array(text, { maxLength: 2 })) }),
  fc.record({ key: scalar }),
  fc.record({ key: fc.record({ deep: fc.oneof(scalar, fc.array(scalar, { maxLength: 2 })) }) }),
  fc.constant([{ key: 1 }, [1]]),
)
const many = fc.constant(Array.from({ length: 1100 }, (_, at) => at))

const core: fc.Arbitrary<Pick<Instance, 'kind' | 'value'>> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('Property' as const), value }) },
  fc.record({ kind: fc.constant('Property' as const), value: many }),
  fc.record({ kind: fc.constant('JsonProperty' as const), value }),
  fc.record({ kind: fc.constant('ListProperty' as const), value: fc.array(scalar, { maxLength: 3 }) }),
  fc.record({
    kind: fc.constant('LanguageProperty' as const),
    value: fc.dictionary(
      fc.constantFrom('vi', 'en', '@none'),
      fc.oneof(text, fc.array(text, { maxLength: 2 })),
    ),
  }),
  fc.record({
    kind: fc.constant('VocabProperty' as const),
    value: fc.oneof(fc.constantFrom(...LINKS, 'a'), fc.array(link, { maxLength: 2 })),
  }),
  fc.record({
    kind: fc.constant('Relationship' as const),
    value: fc.oneof(link, fc.array(link, { minLength: 1, maxLength: 2 })),
  }),
  fc.record({ kind: fc.constant('ListRelationship' as const), value: fc.array(link, { maxLength: 2 }) }),
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('GeoProperty' as const), value: geometry }) },
)
const instance: fc.Arbitrary<Instance> = fc
  .record(
    {
      core,
      datasetId: link,
      observedAt: fc.constantFrom(NOW, NOW + 1),
      unitCode: fc.constantFrom('CEL', 'a'),
      expiresAt: fc.oneof({ weight: 30, arbitrary: fc.constant(LATER) }, fc.constant(NOW - 1)),
      sub: fc.array(fc.tuple(scalar, fc.option(scalar, { nil: undefined })), { minLength: 1, maxLength: 2 }),
    },
    { requiredKeys: ['core'] },
  )
  .map(({ core: { kind, value: held }, sub, ...members }) => ({
    kind,
    value: held,
    ...members,
    createdAt: NOW,
    modifiedAt: NOW,
    ...(sub !== undefined && { attributes: { 'urn:p:one': sub.map(subInstance) } }),
  }))

/** Instances of a sub-attribute, which may have one of its own. */
function subInstance([held, below]: readonly [JsonValue, JsonValue | undefined], at: number): Instance {
  const property = (value: JsonValue): Instance => ({
    kind: 'Property',
    value,
    createdAt: NOW,
    modifiedAt: NOW,
  })
  return {
    ...property(held),
    ...(at > 0 && { datasetId: LINKS[at] ?? '' }),
    ...(below !== undefined && { attributes: { 'urn:p:two': [property(below)] } }),
  }
}

const attributes: fc.Arbitrary<Attributes> = fc.dictionary(
  fc.constantFrom(...NAMES),
  fc.uniqueArray(instance, { minLength: 1, maxLength: 2, selector: ({ datasetId }) => datasetId ?? '' }),
)

/** Entities with few names and values; ids are given by their place in the list. */
export const entities: fc.Arbitrary<readonly Entity[]> = fc
  .tuple(lists(), fc.constantFrom(true, false, false, false))
  .map(([list, mayExpire]) => (mayExpire ? list : list.map(neverExpired)))

/** While something has expired no answer of a store is exact: most lists hold nothing that has. */
function neverExpired(entity: Entity): Entity {
  return JSON.parse(JSON.stringify(entity).replaceAll(`"expiresAt":${NOW - 1}`, `"expiresAt":${LATER}`))
}

function lists(): fc.Arbitrary<readonly Entity[]> {
  return fc
    .array(
      fc.record({
        types: fc.uniqueArray(fc.constantFrom(...TYPES), { minLength: 1, maxLength: 2 }),
        scopes: fc.uniqueArray(fc.constantFrom(...SCOPES), { maxLength: 2 }),
        attributes,
        expiresAt: fc.oneof(
          { weight: 60, arbitrary: fc.constant(undefined) },
          { weight: 3, arbitrary: fc.constant(LATER) },
          fc.constant(NOW - 1),
        ),
      }),
      { minLength: 1, maxLength: 12 },
    )
    .map((list) =>
      list.map(({ types, scopes, attributes: held, expiresAt }, at) => ({
        id: `urn:e:${at}`,
        types,
        ...(scopes.length > 0 && { scopes }),
        ...(expiresAt !== undefined && { expiresAt }),
        createdAt: NOW,
        modifiedAt: NOW,
        attributes: held,
      })),
    )
}

const types: fc.Arbitrary<TypeNode> = fc.letrec<{ node: TypeNode }>((tie) => ({
  node: fc.oneof(
    {
      weight: 3,
      arbitrary: fc.constantFrom(...TYPES, 'urn:t:none').map((type) => ({ kind: 'type' as const, type })),
    },
    fc.constant({ kind: 'any' as const }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      nodes: fc.array(tie('node'), { minLength: 1, maxLength: 2 }),
    }),
  ),
})).node
const scope: fc.Arbitrary<ScopeNode> = fc.letrec<{ node: ScopeNode }>((tie) => ({
  node: fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('scope' as const),
        levels: fc.array(fc.constantFrom('a', 'b', 'c', '+'), { minLength: 1, maxLength: 3 }),
        below: fc.boolean(),
      }),
    },
    fc.constant({ kind: 'scope' as const, levels: [], below: true }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      nodes: fc.array(tie('node'), { minLength: 1, maxLength: 2 }),
    }),
  ),
})).node

const textScalar: fc.Arbitrary<QScalar> = fc
  .constantFrom(...TEXTS, ...LINKS, TIMES[0] ?? '')
  .map((held) => ({ kind: 'string' as const, value: held }))
const numberScalar: fc.Arbitrary<QScalar> = number.map((held) => ({ kind: 'number' as const, value: held }))
const timeScalar: fc.Arbitrary<QScalar> = fc.constantFrom<QScalar>(
  { kind: 'dateTime', value: NOW, text: '2026-01-01T00:00:00Z' },
  { kind: 'date', value: NOW, text: '2026-01-01' },
  { kind: 'time', value: 45_000_000_000, text: '12:30:00Z' },
)
const qScalar: fc.Arbitrary<QScalar> = fc.oneof(
  textScalar,
  numberScalar,
  timeScalar,
  link.map((held) => ({ kind: 'uri' as const, value: held })),
  fc.boolean().map((held) => ({ kind: 'boolean' as const, value: held })),
)
const range: fc.Arbitrary<QValue> = fc
  .oneof(
    fc.tuple(textScalar, textScalar),
    fc.tuple(numberScalar, numberScalar),
    timeScalar.map((one) => [one, one] as const),
  )
  .map(([from, to]) => ({ kind: 'range' as const, from, to }))
const qValue: fc.Arbitrary<QValue> = fc.oneof(
  { weight: 4, arbitrary: qScalar },
  fc.array(qScalar, { minLength: 1, maxLength: 3 }).map((values) => ({ kind: 'list' as const, values })),
  range,
)
const name = fc.constantFrom(...NAMES, 'urn:p:none')
const path: fc.Arbitrary<QPath> = fc.oneof(
  { weight: 6, arbitrary: name.map((one) => ({ attributes: [one] })) },
  name.map((one) => ({ attributes: [one, 'urn:p:one'] })),
  name.map((one) => ({ attributes: [one, 'urn:p:one', 'urn:p:two'] })),
  fc
    .tuple(name, fc.constantFrom('observedAt' as const, 'unitCode' as const, 'datasetId' as const))
    .map(([one, member]) => ({ attributes: [one], member })),
  fc.constantFrom('modifiedAt' as const, 'createdAt' as const).map((member) => ({ attributes: [], member })),
  fc
    .tuple(name, fc.constantFrom(['key'], ['key', 'deep'], ['en'], ['VI'], ['*'], ['@value']))
    .map(([one, value]) => ({ attributes: [one], value })),
)
const comparison: fc.Arbitrary<QNode> = fc
  .record({
    path,
    operator: fc.constantFrom(
      '==' as const,
      '==' as const,
      '!=' as const,
      '>' as const,
      '>=' as const,
      '<' as const,
      '<=' as const,
    ),
    value: qValue,
    expanded: fc.option(fc.array(link, { minLength: 1, maxLength: 2 }), { nil: undefined, freq: 5 }),
    jsonKeys: fc.option(fc.constant(true as const), { nil: undefined, freq: 5 }),
  })
  .map(({ expanded, jsonKeys, ...node }) => ({
    kind: 'compare' as const,
    ...node,
    ...(expanded && { expanded }),
    ...(jsonKeys && { jsonKeys }),
  }))
const q: fc.Arbitrary<QNode> = fc.letrec<{ node: QNode }>((tie) => ({
  node: fc.oneof(
    { weight: 5, arbitrary: comparison },
    fc
      .tuple(
        path,
        fc.constantFrom('~=' as const, '!~=' as const),
        fc.constantFrom('a', '^a', 'b$', '[ab]+', 'é', '^$', 'urn'),
      )
      .map(([where, operator, pattern]) => ({
        kind: 'compare' as const,
        path: where,
        operator,
        value: { kind: 'string' as const, value: pattern },
        pattern,
      })),
    fc.record({ kind: fc.constantFrom('exists' as const, 'absent' as const), path }),
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      nodes: fc.array(tie('node'), { minLength: 1, maxLength: 3 }),
    }),
  ),
})).node

const geo: fc.Arbitrary<GeoQuery> = fc
  .record({ geometry, property: name, way: fc.integer({ min: 0, max: 7 }) })
  .map(({ way, ...where }) => {
    const relations = ['within', 'contains', 'intersects', 'equals', 'disjoint', 'overlaps'] as const
    const relation = relations[way]
    if (relation) return { ...where, relation }
    return {
      ...where,
      relation: 'near' as const,
      ...(way === 6 ? { maxDistance: 250_000 } : { minDistance: 250_000 }),
    }
  })
const ids = fc.array(
  fc.integer({ min: 0, max: 15 }).map((at) => `urn:e:${at}`),
  { maxLength: 4 },
)

const selectors = fc.array(
  fc.record({ types, ids, idPattern: fc.constant('1') }, { requiredKeys: ['types'] }),
  {
    minLength: 1,
    maxLength: 2,
  },
)
const idPattern = fc.constantFrom('^urn:e:1', '[02468]$')
const anyAttribute = fc.array(name, { minLength: 1, maxLength: 2 })

/** Queries over the same names and values: many with few parts, so that they find something. */
export const queries: fc.Arbitrary<EntityQuery> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ q }) },
  { weight: 4, arbitrary: fc.record({ types, q }) },
  fc.record({ types }),
  fc.record({ types, ids, attributes: anyAttribute, selectors }, { requiredKeys: ['types'] }),
  { weight: 2, arbitrary: fc.record({ scope, q }, { requiredKeys: ['scope'] }) },
  { weight: 2, arbitrary: fc.record({ geo, q }, { requiredKeys: ['geo'] }) },
  fc.record(
    { types, ids, idPattern, attributes: anyAttribute, scope, q, geo, selectors },
    { requiredKeys: [] },
  ),
)
