import { expect } from 'chai'
import fc from 'fast-check'
import { LOCATION } from '../../../broker/core/model/iri.ts'
import type { JsonObject } from '../../../broker/core/model/json.ts'
import type { TypeNode } from '../../../broker/core/query/ast.ts'
import { literalStart } from '../../../broker/federation/registry/literal-start.ts'
import {
  type MatchRequest,
  matchRegistrations,
} from '../../../broker/federation/registry/match-registrations.ts'
import type { Registration } from '../../../broker/federation/registry/registration.ts'
import { RegistrationIndex } from '../../../broker/federation/registry/registration-index.ts'
import { iri, registration } from './support.ts'

const NAMES = ['Bus', 'Tram', 'Ship', 'Car']
const ATTRIBUTES = ['speed', 'line', 'colour']
const IDS = ['urn:b:1', 'urn:b:12', 'urn:b:2', 'urn:t:1', 'urn:t:12', 'x:urn:b:1']
const PATTERNS = [
  '^urn:b:',
  'urn:b:1',
  '^urn:b:1*',
  ':1$',
  '^urn:(b|t):',
  '.*',
  '^urn:t:12?$',
  '^urn\\:b',
  '^urn:t|b',
]

const some = <T>(values: readonly T[]) => fc.subarray([...values], { minLength: 1, maxLength: 2 })
const sometimes = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined })

const entityInfo = fc.record(
  {
    type: some(NAMES.map(iri)),
    id: fc.constantFrom(...IDS),
    idPattern: fc.constantFrom(...PATTERNS),
  },
  { requiredKeys: [] },
)
const information = fc.array(
  fc.record(
    {
      entities: fc.array(entityInfo, { minLength: 1, maxLength: 2 }),
      propertyNames: some(ATTRIBUTES.map(iri)),
    },
    { requiredKeys: [] },
  ),
  { minLength: 1, maxLength: 2 },
)
const position = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 }))
const line = fc
  .tuple(position, position)
  .map(([from, to]) => ({ type: 'LineString' as const, coordinates: [from, to] }))
const members = fc.record({ information, location: sometimes(line) })

const typed = (name: string): TypeNode => ({ kind: 'type', type: iri(name) })
const types: fc.Arbitrary<TypeNode> = fc.oneof(
  fc.constantFrom(...NAMES.map(typed)),
  some(NAMES).map((names): TypeNode => ({ kind: 'or', nodes: names.map(typed) })),
  some(NAMES).map((names): TypeNode => ({ kind: 'and', nodes: names.map(typed) })),
)
const geo = line.chain((geometry) =>
  fc.constantFrom(
    { relation: 'intersects' as const, geometry, property: LOCATION },
    { relation: 'disjoint' as const, geometry, property: LOCATION },
    { relation: 'near' as const, geometry, property: LOCATION, maxDistance: 200_000 },
  ),
)
const request = fc.record(
  {
    types,
    ids: some(IDS),
    idPattern: fc.constantFrom(...PATTERNS),
    attributes: some(ATTRIBUTES.map(iri)),
    geo,
  },
  { requiredKeys: [] },
)

const matched = (registrations: Iterable<Registration>, asked: Partial<MatchRequest>) =>
  new Set(
    matchRegistrations(registrations, { ...asked, via: [], now: 0 }).map(({ registration: { id } }) => id),
  )

describe('registration index', () => {
  it('5.12 finds all that a scan finds, whatever came and went', () => {
    fc.assert(
      fc.property(
        fc.array(members, { minLength: 60, maxLength: 120 }),
        fc.array(request, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 2, max: 5 }),
        (all, requests, nth) => {
          const index = new RegistrationIndex()
          const there = new Map<string, Registration>()
          const put = (body: JsonObject, at: number) => {
            const one = registration({ id: `urn:r:${at}`, ...body })
            index.add(one)
            there.set(one.id, one)
          }
          all.forEach(({ location, ...rest }, at) => {
            put({ ...rest, ...(location && { location }) }, at)
          })
          const check = () => {
            for (const asked of requests) {
              expect(matched(index.find(asked), asked)).to.deep.equal(matched(there.values(), asked))
            }
          }
          check()
          for (const [at, one] of [...there.values()].entries()) {
            if (at % nth === 0) continue
            index.remove(one)
            there.delete(one.id)
          }
          check()
          all.slice(0, 50).forEach(({ information: infos }, at) => {
            put({ information: infos }, 1000 + at)
          })
          check()
        },
      ),
      { numRuns: 12 },
    )
  })

  it('looks at few of many, by whatever they are told from each other', () => {
    const index = new RegistrationIndex()
    const kinds: ((at: number) => JsonObject)[] = [
      (at) => ({ information: [{ entities: [{ type: iri(`Type${at}`) }] }] }),
      (at) => ({ information: [{ entities: [{ type: iri('Bus'), id: `urn:b:${at}` }] }] }),
      (at) => ({ information: [{ entities: [{ type: iri('Bus'), idPattern: `^urn:city${at}:` }] }] }),
      (at) => ({ information: [{ entities: [{ type: iri('Bus'), idPattern: `urn:town${at}:.*` }] }] }),
      (at) => ({ information: [{ entities: [{ type: iri('Tram') }], propertyNames: [iri(`a${at}`)] }] }),
      (at) => ({
        information: [{ entities: [{ type: iri('Ship') }] }],
        location: { type: 'Point', coordinates: [at / 20, 10] },
      }),
    ]
    for (let at = 0; at < 3000; at++) {
      index.add(registration({ id: `urn:r:${at}`, ...kinds[at % kinds.length]?.(at) }))
    }
    const cases = [
      { types: typed('Type6') },
      { types: typed('Bus'), ids: ['urn:b:7'] },
      { ids: ['urn:city8:1'] },
      { types: typed('Bus'), ids: ['urn:town9:1'] },
      { types: typed('Bus'), idPattern: '^urn:b:77' },
      { types: typed('Tram'), attributes: [iri('a10')] },
      {
        types: typed('Ship'),
        geo: {
          relation: 'near',
          property: LOCATION,
          maxDistance: 1,
          geometry: { type: 'Point', coordinates: [0.55, 10] },
        },
      },
    ] as const
    const sizes = cases.map((asked) => [...index.find(asked)].length)
    // patterns may always agree with a pattern, and a type open to any id with any id
    expect(sizes.toSpliced(4, 1).toSpliced(2, 1)).to.deep.equal([1, 1, 1, 1, 1])
    expect(sizes[2]).to.be.below(1600)
    expect(matched(index.find(cases[2]), cases[2])).to.include('urn:r:8')
  })

  it('sorts what it finds by id', () => {
    const index = new RegistrationIndex()
    for (const id of ['urn:r:2', 'urn:r:3', 'urn:r:1']) index.add(registration({ id }))
    expect([...index.find({})].map(({ id }) => id)).to.deep.equal(['urn:r:1', 'urn:r:2', 'urn:r:3'])
  })

  const literals: readonly [string, string | undefined, boolean?][] = [
    ['^urn:b:', 'urn:b:', true],
    ['urn:b:*', 'urn:b', false],
    ['^urn:b:1?', 'urn:b:', true],
    ['^urn:b:1+', 'urn:b:', true],
    ['^urn:b:1{2}', 'urn:b:', true],
    ['^urn\\.b\\d', 'urn.b', true],
    ['^urn:b[12]', 'urn:b', true],
    ['^urn:b$', 'urn:b', true],
    ['^😀*', undefined],
    ['^a|b', undefined],
    ['(?i)urn', undefined],
    ['.*', undefined],
    ['', undefined],
  ]
  for (const [pattern, text, anchored] of literals) {
    it(`reads the beginning of ${JSON.stringify(pattern)}`, () => {
      expect(literalStart(pattern)).to.deep.equal(text === undefined ? undefined : { text, anchored })
    })
  }
})
