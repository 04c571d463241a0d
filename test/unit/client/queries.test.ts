import { expect } from 'chai'
import fc from 'fast-check'
import { matchQ } from '../../../broker/core/query/match-q.ts'
import { parseGeoQuery } from '../../../broker/core/query/parse-geo-query.ts'
import { parseQ } from '../../../broker/core/query/parse-q.ts'
import { parseScopeQuery } from '../../../broker/core/query/parse-scope-query.ts'
import { parseTypeSelection } from '../../../broker/core/query/parse-type-selection.ts'
import type { AnyEntity } from '../../../openapi/client/entities/entity-types.ts'
import { type AttributePath, attributePath } from '../../../openapi/client/query/attribute-path.ts'
import type { Condition } from '../../../openapi/client/query/condition.ts'
import { geoParameters, type QueryGeometry } from '../../../openapi/client/query/geo-query.ts'
import { typeSelection } from '../../../openapi/client/query/names.ts'
import { type ScopePattern, scopeText } from '../../../openapi/client/query/scope-query.ts'
import { QueryTime, type Scalar, time } from '../../../openapi/client/query/values.ts'
import { entity, table } from '../query/builders.ts'

type Path = AttributePath<Record<string, AnyEntity>, unknown>
/** What a builder made, and what the hub has to read out of it. */
interface Built {
  readonly condition: Condition
  readonly node: { readonly kind: string; readonly nodes?: readonly object[] }
}

const attribute = (name: string): Path => attributePath(name)
const letters = fc
  .stringMatching(/^[A-Za-zăđêôơưỹ][A-Za-z0-9_ỹ]{0,6}$/)
  .filter((text) => !/^(?:observed|created|modified|expires)At$|^unitCode$|^datasetId$/.test(text))
const prefixed = fc.constantFrom('ex:speed', 'https://example.org/a.b/c', 'urn:x:speed')
const text = fc.string({ unit: 'binary', maxLength: 12 })
const instant = fc.date({ min: new Date('1800-01-01'), max: new Date('2200-01-01'), noInvalidDate: true })
const number = fc.double({ noNaN: true, noDefaultInfinity: true })
const times = fc.constantFrom('2026-03-01T07:00:00.123456Z', '2024-02-29', '23:59:59.5Z').map(time)
const ordered: fc.Arbitrary<Scalar> = fc.oneof(number, text, instant, times)
const scalar: fc.Arbitrary<Scalar> = fc.oneof(ordered, fc.boolean())

/** Reads back what the hub makes of a value: the kind that it is compared as. */
function expected(value: Scalar): object {
  if (value instanceof Date) return expected(time(value.toISOString()))
  if (!(value instanceof QueryTime))
    return { kind: typeof value, value: typeof value === 'number' ? value + 0 : value } // -0 is 0 in a text
  const { kind, text } = value
  const read = parseQ(`a==${text}`, { table })
  return { kind, text, value: 'value' in read && 'value' in read.value ? read.value.value : undefined }
}

const place = fc
  .tuple(
    fc.array(letters, { minLength: 1, maxLength: 3 }),
    fc.option(prefixed, { nil: undefined }),
    fc.constantFrom('none', 'member', 'keys', 'linked'),
    fc.array(fc.stringMatching(/^[^.[\]\ud800-\udfff]{1,5}$/), { minLength: 1, maxLength: 3 }),
    letters,
  )
  .map(([simple, last, end, keys, linked]) => {
    const names = last === undefined ? simple : [...simple, last]
    const [first = '', ...others] = names
    const path = others.reduce<Path>((made, name) => made.sub(name), attribute(first))
    const attributes = names.map(table.expand)
    if (end === 'none') return { path, read: { attributes } }
    if (end === 'member')
      return {
        path: path.member('observedAt') as unknown as Path,
        read: { attributes, member: 'observedAt' },
      } // any value goes here
    if (end === 'keys') {
      const [key = '', ...more] = keys
      return { path: path.key(key, ...more), read: { attributes, value: keys } }
    }
    const below = { types: [table.expand('Device')], path: { attributes: [table.expand(linked)] } }
    return { path: path.linked('Device', linked), read: { attributes, linked: below } }
  })

const compared = (path: object, operator: string, value: object) => ({
  kind: 'compare',
  path,
  operator,
  value,
})
const term: fc.Arbitrary<Built> = fc.oneof(
  place.map(({ path, read }) => ({ condition: path.exists(), node: { kind: 'exists', path: read } })),
  place.map(({ path, read }) => ({ condition: path.absent(), node: { kind: 'absent', path: read } })),
  fc
    .tuple(place, fc.constantFrom('equal', 'unequal'), fc.array(scalar, { minLength: 1, maxLength: 4 }))
    .map(([{ path, read }, how, values]) => {
      const [first = 0, ...others] = values
      const kept = values.map(expected)
      const value = kept.length === 1 ? kept[0] : { kind: 'list', values: kept }
      const condition = how === 'equal' ? path.equal(first, ...others) : path.unequal(first, ...others)
      return { condition, node: compared(read, how === 'equal' ? '==' : '!=', value ?? {}) }
    }),
  fc
    .tuple(
      place,
      fc.constantFrom('between', 'outside'),
      fc.oneof(fc.tuple(number, number), fc.tuple(text, text), fc.tuple(instant, instant)),
    )
    .map(([{ path, read }, how, [from, to]]) => ({
      condition: how === 'between' ? path.between(from, to) : path.outside(from, to),
      node: compared(read, how === 'between' ? '==' : '!=', {
        kind: 'range',
        from: expected(from),
        to: expected(to),
      }),
    })),
  fc
    .tuple(place, fc.constantFrom('greater', 'greaterOrEqual', 'less', 'lessOrEqual'), ordered)
    .map(([{ path, read }, how, value]) => {
      const symbol = { greater: '>', greaterOrEqual: '>=', less: '<', lessOrEqual: '<=' }[how]
      return { condition: path[how](value), node: compared(read, symbol, expected(value)) }
    }),
)

/** What is joined with its like is one list for the hub. */
function joined(kind: 'and' | 'or', parts: readonly Built[]): Built {
  const [first, ...others] = parts
  if (!first || others.length === 0) return first ?? parts[0]!
  const conditions = others.map(({ condition }) => condition)
  const nodes = parts.flatMap(({ node }) => (node.kind === kind ? (node.nodes ?? []) : [node]))
  return { condition: first.condition[kind](...conditions), node: { kind, nodes } }
}

const built = fc.letrec<{ tree: Built }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    term,
    fc
      .tuple(fc.constantFrom('and', 'or'), fc.array(tie('tree'), { minLength: 1, maxLength: 3 }))
      .map(([kind, parts]) => joined(kind, parts)),
  ),
})).tree

describe('client: queries that are built', () => {
  it('mean to the hub what they were built of, whatever names, keys and values are', () => {
    fc.assert(
      fc.property(built, ({ condition, node }) => {
        expect(parseQ(String(condition), { table })).to.deep.equal(node)
      }),
      { numRuns: 500 },
    )
  })

  it('find a text that values have somewhere, at their begin or at their end', () => {
    const some = fc.string({
      unit: fc.constantFrom('a', '.', '*', '"', '\\', '(', '[', '{', '1', '}', '|', '^', '$', '\n', 'ệ'),
      minLength: 1,
      maxLength: 4,
    })
    fc.assert(
      fc.property(some, some, fc.constantFrom('contains', 'startsWith', 'endsWith'), (value, part, how) => {
        const judged = {
          contains: value.includes(part),
          startsWith: value.startsWith(part),
          endsWith: value.endsWith(part),
        }
        const q = parseQ(String(attribute('name')[how](part)), { table })
        expect(matchQ(q, entity({ name: value }))).to.equal(judged[how])
      }),
      { numRuns: 500, examples: [['a', 'a{1}', 'contains']] },
    )
  })

  it('keep a pattern as it is, its quotes and backslashes too', () => {
    for (const [pattern, value, found] of [
      ['^A"\\d+$', 'A"12', true],
      ['a\\"b', 'a"b', true],
      ['a|b', 'b', true],
      ['[;)"]', 'x', false],
    ] as const) {
      const q = (how: 'like' | 'unlike') => parseQ(String(attribute('name')[how](pattern)), { table })
      expect(matchQ(q('like'), entity({ name: value })), pattern).to.equal(found)
      expect(matchQ(q('unlike'), entity({ name: value })), pattern).to.equal(!found)
    }
  })

  const IMPOSSIBLE: Readonly<Record<string, () => unknown>> = {
    'a name with an operator': () => attribute('a==1;b'),
    'a name with a dot': () => attribute('a.b'),
    'an empty name': () => attribute(''),
    'a member as a name': () => attribute('observedAt'),
    'an IRI that ends like a member': () => attribute('urn:x:y.observedAt'),
    'an IRI with a quote': () => attribute('urn:x:"'),
    'a sub-attribute behind an IRI': () => attribute('urn:x:y').sub('z'),
    'a name behind a member': () => attribute('a').member('observedAt').sub('b'),
    'a key with a bracket': () => attribute('a').key('b]'),
    'an empty key': () => attribute('a').key(''),
    'a linked name with a colon': () => attribute('a').linked('Device', 'ex:b'),
    'no number': () => attribute('a').equal(Number.NaN),
    'no end of numbers': () => attribute('a').greater(Number.POSITIVE_INFINITY),
    'half of a surrogate pair': () => attribute('a').equal('\ud800'),
    'no date': () => attribute('a').equal(new Date('no')),
    'a day that is in no calendar': () => time('2026-02-30'),
    'a time without its zone': () => time('2026-02-01T00:00:00'),
    'an order of booleans': () => attribute('a').less(true),
    'a range of two kinds': () => attribute('a').between(1, 'b'),
    'an empty pattern': () => attribute('a').like(''),
    'a pattern that ends with a backslash': () => attribute('a').like('a\\'),
    'a type with an operator': () => typeSelection('A;B'),
    'no type': () => typeSelection([]),
    'a scope with an operator': () => scopeText('/a|/b'),
    'no scope': () => scopeText([]),
    'an open ring': () =>
      geoParameters({
        relation: 'within',
        geometry: {
          type: 'Polygon',
          coordinates: [
            [
              [0, 0],
              [1, 1],
              [1, 0],
              [0, 1],
            ],
          ],
        },
      }),
    'a place beyond the poles': () =>
      geoParameters({ relation: 'near', maxDistance: 1, geometry: { type: 'Point', coordinates: [0, 91] } }),
    'no distance': () =>
      geoParameters({ relation: 'near', maxDistance: 0, geometry: { type: 'Point', coordinates: [0, 9] } }),
  }
  for (const [what, build] of Object.entries(IMPOSSIBLE))
    it(`cannot hold ${what}`, () => expect(build).to.throw(TypeError))

  it('mean the types, scopes and places that they name', () => {
    const scope = fc
      .tuple(fc.array(fc.oneof(letters, fc.constant('+')), { minLength: 1, maxLength: 3 }), fc.boolean())
      .map(([levels, below]) => ({
        text: `/${levels.join('/')}${below ? '/#' : ''}` as ScopePattern,
        node: { kind: 'scope', levels, below },
      }))
    const groups = fc.array(fc.array(scope, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 })
    const orOnly = (kind: string, nodes: readonly object[]) =>
      nodes.length === 1 ? nodes[0] : { kind, nodes }
    fc.assert(
      fc.property(groups, fc.array(letters, { minLength: 1, maxLength: 3 }), (wanted, types) => {
        const text = scopeText(wanted.map((group) => group.map((one) => one.text)))
        const nodes = wanted.map(
          (group) =>
            orOnly(
              'and',
              group.map(({ node }) => node),
            ) ?? {},
        )
        expect(parseScopeQuery(text)).to.deep.equal(orOnly('or', nodes))
        const named = types.map((type) => ({ kind: 'type', type: table.expand(type) }))
        expect(parseTypeSelection(typeSelection(types), table)).to.deep.equal(orOnly('or', named))
      }),
    )
    expect(parseTypeSelection(typeSelection('*'), table)).to.deep.equal({ kind: 'any' })
  })

  it('mean the geometry and the distance that they name', () => {
    const position = fc
      .tuple(fc.double({ min: -180, max: 180, noNaN: true }), fc.double({ min: -90, max: 90, noNaN: true }))
      .map(([longitude, latitude]) => [longitude + 0, latitude + 0] as const)
    const ring = fc.array(position, { minLength: 3, maxLength: 5 }).map((all) => [...all, all[0]!])
    const geometry: fc.Arbitrary<QueryGeometry> = fc.oneof(
      position.map((coordinates) => ({ type: 'Point' as const, coordinates })),
      fc
        .array(position, { minLength: 2, maxLength: 4 })
        .map((coordinates) => ({ type: 'LineString' as const, coordinates })),
      ring.map((one) => ({ type: 'Polygon' as const, coordinates: [one] })),
      ring.map((one) => ({ type: 'MultiPolygon' as const, coordinates: [[one]] })),
    )
    const distance = fc.double({ min: Number.MIN_VALUE, noNaN: true, noDefaultInfinity: true })
    fc.assert(
      fc.property(
        geometry,
        distance,
        fc.constantFrom('near', 'within', 'disjoint'),
        (shape, metres, relation) => {
          const query =
            relation === 'near'
              ? { relation, geometry: shape, minDistance: metres }
              : { relation, geometry: shape }
          const { property, ...read } = parseGeoQuery(geoParameters({ ...query, property: 'place' }), table)!
          expect(read).to.deep.equal(query)
          expect(property).to.equal(table.expand('place'))
        },
      ),
    )
  })
})
