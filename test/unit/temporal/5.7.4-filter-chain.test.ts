import { expect } from 'chai'
import { SCOPE, type TemporalEntity, type TimeWindow } from '../../../broker/core/model/temporal.ts'
import type { EntityQuery, Geometry } from '../../../broker/core/query/ast.ts'
import { matchEntity } from '../../../broker/core/query/match-entity.ts'
import { parseGeoQuery } from '../../../broker/core/query/parse-geo-query.ts'
import { parseQ } from '../../../broker/core/query/parse-q.ts'
import { parseScopeQuery } from '../../../broker/core/query/parse-scope-query.ts'
import { parseTypeSelection } from '../../../broker/core/query/parse-type-selection.ts'
import { withinScopes } from '../../../broker/core/temporal/within-scopes.ts'
import { createGeometryEngine } from '../../../broker/geometry/geos.ts'
import { at, atHand, deletion, evolution, instance, table } from './evolution.ts'

const engine = createGeometryEngine()

const IN = '2026-03-01T12:00:00Z'
const OUT = '2026-01-05T00:00:00Z'
const FROM = '2026-03-01T00:00:00Z'
const TO = '2026-03-02T00:00:00Z'
const window: TimeWindow = { property: 'observedAt', from: at(FROM), to: at(TO) }

/** The chain: window, everything about instances, scopes. */
function select(query: EntityQuery, entity: TemporalEntity, within = window): TemporalEntity | undefined {
  const { scope, ...ofInstances } = query
  const found = atHand(entity, within)
  const isThere = Object.keys(found.attributes).length > 0
  if (!isThere || !matchEntity(ofInstances, found, engine)) return undefined
  return scope ? withinScopes(entity, found, { scope, window: within }) : found
}

const valuesOf = (entity: TemporalEntity | undefined, name: string) =>
  entity?.attributes[table.expand(name)]?.map(({ value }) => value)

describe('5.7.4.4 S1 and S2: window, then q', () => {
  const fast = evolution({ speed: [instance(30, IN), instance(90, OUT)], heading: [instance(45, IN)] })
  const slow = evolution({ speed: [instance(10, IN), instance(80, OUT)], heading: [instance(170, IN)] })
  const away = evolution({ speed: [instance(99, OUT)] })
  const several = evolution({ speed: [instance(5, IN), instance(60, IN, { datasetId: 'urn:x:a' })] })
  const all = { fast, slow, away, several }

  const queries: readonly (readonly [string, readonly (keyof typeof all)[]])[] = [
    ['speed>25', ['fast', 'several']],
    ['speed>=5;heading<90', ['fast']],
    ['speed>25|heading>100', ['fast', 'slow', 'several']],
    ['!heading;speed>25', ['several']],
    ['!heading', ['several']],
    ['speed!=10', ['fast', 'several']],
    ['speed==10..40', ['fast', 'slow']],
    ['speed>80', []],
  ]
  for (const [q, names] of queries) {
    it(`${q} selects ${names.join(', ') || 'nothing'}`, () => {
      const query = { q: parseQ(q, { table }) }
      const selected = Object.entries(all).filter(([, entity]) => select(query, entity))
      expect(selected.map(([name]) => name)).to.deep.equal(names)
    })
  }

  it('tells all instances within the window, also those that do not satisfy q', () => {
    expect(valuesOf(select({ q: parseQ('speed>50', { table }) }, several), 'speed')).to.deep.equal([5, 60])
    expect(valuesOf(select({ q: parseQ('speed>25', { table }) }, fast), 'speed')).to.deep.equal([30])
  })

  it('asks for types, ids and attributes within the window too', () => {
    const attributes = [table.expand('heading')]
    const late = evolution({ heading: [instance(1, OUT)], speed: [instance(1, IN)] })
    expect(select({ attributes }, fast)).not.to.equal(undefined)
    expect(select({ attributes }, late)).to.equal(undefined)
    expect(select({ types: parseTypeSelection('Bus', table) }, fast)).to.equal(undefined)
    expect(select({ ids: ['urn:ngsi-ld:Vehicle:1'] }, fast)).not.to.equal(undefined)
    expect(select({ ids: ['urn:ngsi-ld:Vehicle:2'] }, fast)).to.equal(undefined)
  })
})

describe('5.7.4.4 S3: geoquery on instances within the window', () => {
  before(() => engine.ready())

  const point = (x: number): Geometry => ({ type: 'Point', coordinates: [x, 48] })
  const place = (x: number, when: string) => instance(point(x), when, { kind: 'GeoProperty' })
  const near = parseGeoQuery(
    { georel: 'near;maxDistance==10', geometry: 'Point', coordinates: '[17,48]' },
    table,
  )
  const query: EntityQuery = near ? { geo: near } : {}
  const entities: readonly (readonly [string, TemporalEntity, number | undefined])[] = [
    ['one of several places suffices', evolution({ location: [place(10, IN), place(17, IN)] }), 2],
    [
      'a place outside of the window does not',
      evolution({ location: [place(10, IN), place(17, OUT)] }),
      undefined,
    ],
    ['nor does no place', evolution({ speed: [instance(1, IN)] }), undefined],
  ]
  for (const [what, entity, count] of entities)
    it(what, () => expect(valuesOf(select(query, entity), 'location')?.length).to.equal(count))
})

describe('5.7.4.4 S4 and C.5.16: scopes that were valid within the window', () => {
  const hour: TimeWindow = {
    property: 'observedAt',
    from: at('2026-03-01T12:00:00Z'),
    to: at('2026-03-01T13:00:00Z'),
  }
  const speeds = [instance('early', '2026-03-01T12:05:00Z'), instance('late', '2026-03-01T12:45:00Z')]
  const scoped = (...scopes: readonly (readonly [string, ...string[]])[]) =>
    evolution({
      speed: speeds,
      scope: scopes.map(([time, ...values]) =>
        values.length > 0
          ? instance(values, `2026-03-01T${time}:00Z`)
          : deletion('Property', `2026-03-01T${time}:00Z`),
      ),
    })
  const earlier = scoped(['10:00', '/A/B'])
  const both = scoped(['10:00', '/A/B', '/C'])
  const middle = scoped(['12:10', '/M'])
  const replaced = scoped(['10:00', '/R'], ['12:30', '/S'])
  const later = scoped(['14:00', '/Z'])
  const gone = scoped(['10:00', '/G'], ['12:30'])
  const goneBefore = scoped(['10:00', '/G'], ['11:00'])

  const queries: readonly (readonly [string, TemporalEntity, readonly string[] | undefined])[] = [
    ['/A/B', earlier, ['early', 'late']],
    ['/A/#', earlier, ['early', 'late']],
    ['/#', earlier, ['early', 'late']],
    ['/Y', earlier, undefined],
    ['(/A/B;/C)', both, ['early', 'late']],
    ['(/A/B;/C)', earlier, undefined],
    ['/M', middle, ['late']],
    ['/X|/M', middle, ['late']],
    ['/R', replaced, ['early']],
    ['/S', replaced, ['late']],
    ['/R|/S', replaced, ['early', 'late']],
    ['/Z', later, undefined],
    ['/#', later, undefined],
    ['/G', gone, ['early']],
    ['/G', goneBefore, undefined],
    ['/#', evolution({ speed: speeds }), undefined],
    ['/A/#', evolution({ speed: speeds }, { scopes: ['/A/B'] }), ['early', 'late']],
  ]
  for (const [scopeQ, entity, values] of queries) {
    const told = JSON.stringify(entity.attributes[SCOPE]?.map(({ value }) => value) ?? entity.scopes ?? [])
    it(`${scopeQ} of ${told} tells ${values?.join(', ') ?? 'nothing'}`, () => {
      expect(valuesOf(select({ scope: parseScopeQuery(scopeQ) }, entity, hour), 'speed')).to.deep.equal(
        values,
      )
    })
  }

  it('tells the scopes that were valid, also from before the window', () => {
    const found = (entity: TemporalEntity, scopeQ: string) =>
      select({ scope: parseScopeQuery(scopeQ) }, entity, hour)?.attributes[SCOPE]?.map(({ value }) => value)
    expect(found(earlier, '/A/B')).to.deep.equal([['/A/B']])
    expect(found(replaced, '/S')).to.deep.equal([['/R'], ['/S']])
    expect(found(scoped(['09:00', '/Old'], ['10:00', '/A']), '/A')).to.deep.equal([['/A']])
  })

  it('does not tell them otherwise', () => {
    expect(select({}, earlier, hour)?.attributes[SCOPE]).to.equal(undefined)
  })
})
