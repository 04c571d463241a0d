import { expect } from 'chai'
import fc from 'fast-check'
import type { LogRecord } from '../../../broker/core/model/change.ts'
import type { Entity } from '../../../broker/core/model/entity.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import type { EntityQuery } from '../../../broker/core/query/ast.ts'
import { matchEntity } from '../../../broker/core/query/match-entity.ts'
import { createGeometryEngine } from '../../../broker/geometry/geos.ts'
import { FollowerIndex } from '../../../broker/subscriptions/index/follower-index.ts'
import { literalPrefix, termsOf } from '../../../broker/subscriptions/index/terms.ts'
import { OPEN_CALLER } from '../../../security/open-caller.ts'
import { NOW, property } from '../../support/store-builders.ts'

const PLACE = 'https://example.org/place'
const TYPES = ['https://example.org/A', 'https://example.org/B', 'https://example.org/C']
const NAMES = ['https://example.org/x', 'https://example.org/y', 'https://example.org/z']
const view = OPEN_CALLER.view(DEFAULT_TENANT)
const engine = createGeometryEngine()

const position = fc.tuple(fc.integer({ min: -20, max: 20 }), fc.integer({ min: -20, max: 20 }))
const typeNode = fc.oneof(
  fc.constantFrom(...TYPES).map((type) => ({ kind: 'type' as const, type })),
  fc.constant({ kind: 'any' as const }),
  fc
    .tuple(
      fc.constantFrom('and' as const, 'or' as const),
      fc.array(fc.constantFrom(...TYPES), { minLength: 2, maxLength: 3 }),
    )
    .map(([kind, types]) => ({ kind, nodes: types.map((type) => ({ kind: 'type' as const, type })) })),
)
const selector = fc.record(
  {
    types: typeNode,
    ids: fc.array(fc.integer({ min: 0, max: 30 }).map(idOf), { minLength: 1, maxLength: 3 }),
    idPattern: fc.constantFrom(
      '^urn:ngsi-ld:T:1',
      '^urn:ngsi-ld:T:2.*',
      '3$',
      '^urn:ngsi-ld:T:(1|2)',
      '^urn:x|5',
    ),
  },
  { requiredKeys: ['types'] },
)
const geo = position.chain(([x, y]) =>
  fc.constantFrom(
    {
      relation: 'near',
      maxDistance: 500_000,
      property: PLACE,
      geometry: { type: 'Point', coordinates: [x, y] },
    },
    {
      relation: 'within',
      property: PLACE,
      geometry: {
        type: 'Polygon',
        coordinates: [
          [
            [x, y],
            [x + 6, y],
            [x + 6, y + 6],
            [x, y + 6],
            [x, y],
          ],
        ],
      },
    },
    { relation: 'disjoint', property: PLACE, geometry: { type: 'Point', coordinates: [x, y] } },
  ),
)
const query = fc.record(
  { selectors: fc.array(selector, { minLength: 1, maxLength: 2 }), geo },
  { requiredKeys: [] },
) as fc.Arbitrary<EntityQuery>

const follower = fc.record(
  { query, watched: fc.uniqueArray(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 2 }) },
  { requiredKeys: ['query'] },
)
const change = fc.record({
  number: fc.integer({ min: 0, max: 30 }),
  types: fc.uniqueArray(fc.constantFrom(...TYPES), { minLength: 1, maxLength: 2 }),
  changed: fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 2 }),
  at: position,
})

function idOf(number: number): string {
  return `urn:ngsi-ld:T:${number}`
}

function recordOf({
  number,
  types,
  changed,
  at,
}: {
  number: number
  types: string[]
  changed: string[]
  at: [number, number]
}): LogRecord {
  const after: Entity = {
    id: idOf(number),
    types,
    createdAt: NOW,
    modifiedAt: NOW,
    attributes: {
      [PLACE]: [{ ...property({ type: 'Point', coordinates: at }), kind: 'GeoProperty' }],
    },
  }
  return {
    sequence: 1,
    collection: 'entity',
    id: after.id,
    action: 'updated',
    at: NOW,
    origin: { by: 'tester' },
    before: after,
    after,
    attributes: changed.map((attribute) => ({ attribute, action: 'updated', after: property(1) })),
  }
}

describe('index of followers', () => {
  before(() => engine.ready())

  it('finds everybody whom a change concerns', () => {
    fc.assert(
      fc.property(
        fc.array(follower, { maxLength: 12 }),
        fc.array(change, { maxLength: 8 }),
        (followers, changes) => {
          const index = new FollowerIndex<(typeof followers)[number]>()
          for (const each of followers)
            index.add(each, termsOf(each.query, each.watched && new Set(each.watched), view))
          for (const each of changes) {
            const record = recordOf(each)
            const found = index.candidates(record)
            const concerned = followers.filter(
              ({ query: asked, watched }) =>
                matchEntity(asked, record.after as Entity, engine) &&
                (!watched || watched.some((name) => each.changed.includes(name))),
            )
            for (const one of concerned) expect(found.has(one)).to.equal(true)
          }
          for (const each of followers) index.remove(each)
          expect(index.size).to.equal(0)
          for (const each of changes) expect([...index.candidates(recordOf(each))]).to.deep.equal([])
        },
      ),
      { numRuns: 300 },
    )
  })

  it('looks at few of many', () => {
    const index = new FollowerIndex<number>()
    const point = (x: number, y: number) => ({ type: 'Point' as const, coordinates: [x, y] })
    for (let at = 0; at < 10_000; at++) {
      const byArea: EntityQuery = {
        types: { kind: 'type', type: TYPES[1] ?? '' },
        geo: {
          relation: 'near',
          maxDistance: 10,
          property: PLACE,
          geometry: point((at % 100) / 10, Math.floor(at / 100) / 10),
        },
      }
      const choices: EntityQuery[] = [
        { ids: [`urn:ngsi-ld:Other:${at}`] },
        { idPattern: `^urn:ngsi-ld:Other:${at}:.*` },
        { types: { kind: 'type', type: `https://example.org/Type${at}` } },
        byArea,
      ]
      index.add(at, termsOf(choices[at % 4] ?? {}, undefined, view))
    }
    const record = recordOf({ number: 1, types: [TYPES[1] ?? ''], changed: [], at: [5, 5] })
    expect(index.candidates(record).size).to.be.lessThan(3)
  })

  it('finds those who follow other things than entities by what they follow', () => {
    const index = new FollowerIndex<string>()
    const entity = recordOf({ number: 1, types: [TYPES[1] ?? ''], changed: [], at: [5, 5] })
    const registration: LogRecord = { ...entity, collection: 'registration' }
    index.add('both', [{ collection: 'registration' }, {}])
    index.add('context', [{ collection: 'context' }])
    expect([...index.candidates(entity)]).to.deep.equal(['both'])
    expect([...index.candidates(registration)]).to.deep.equal(['both'])
    index.remove('both')
    expect([...index.candidates(registration)]).to.deep.equal([])
    expect([...index.candidates({ ...entity, collection: 'context' })]).to.deep.equal(['context'])
  })

  for (const [pattern, prefix] of [
    ['^urn:a:', 'urn:a:'],
    ['^urn:a:.*', 'urn:a:'],
    ['^urn:ab*', 'urn:a'],
    ['^urn:ab+', 'urn:a'],
    ['^urn:a|b', ''],
    ['urn:a', ''],
    ['^(urn)', ''],
    ['^urn:a\\.b', 'urn:a'],
    ['^urn:a$', 'urn:a'],
  ] as const) {
    it(`knows that what ${pattern} finds begins with "${prefix}"`, () => {
      expect(literalPrefix(pattern)).to.equal(prefix)
    })
  }
})
