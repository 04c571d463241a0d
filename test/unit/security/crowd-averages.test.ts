import { expect } from 'chai'
import fc from 'fast-check'
import { Problem } from '../../../broker/core/model/problem.ts'
import type { TimeWindow } from '../../../broker/core/model/temporal.ts'
import { parseDateTime } from '../../../broker/core/model/time.ts'
import { parseAggregation } from '../../../broker/core/temporal/aggregation.ts'
import { CrowdAverages } from '../../../broker/core/temporal/crowd-averages.ts'
import { refuseSingling } from '../../../broker/core/temporal/refuse-singling.ts'
import type { CrowdPeriod } from '../../../broker/core/view/crowd.ts'
import { groupRoom } from '../../../broker/operations/temporal/group-room.ts'
import { crowdTelling } from '../../../security/masking/crowd-telling.ts'
import { iri } from './support/vocabulary.ts'

const LEAST = 5
const DAY = { from: 0, to: 86_400_000_000 }
const cell = { group: 'g', attribute: iri('pm25') }

/** What is told of a group in a period, of entities with these values. */
function tell(values: readonly number[], { fill = 3, from = 0 } = {}) {
  const crowd = crowdTelling(Buffer.alloc(32, fill), { least: LEAST })
  const averages = new CrowdAverages(crowd)
  for (const [at, value] of values.entries())
    averages.add(cell, DAY, { place: crowd.place(`urn:x:${from + at}`), value })
  const methods = averages.told(['avg', 'totalCount']).get('g')?.[cell.attribute]?.[0]?.methods
  if (!methods) return undefined
  const only = (method: 'avg' | 'totalCount') => Number(methods.get(method)?.[0]?.value)
  return { count: only('totalCount'), average: only('avg') }
}

describe('core/temporal: averages of many', () => {
  it('are of so many as a count tells, and between what they have; of few there are none', () => {
    const values = fc.array(fc.integer({ min: 1, max: 900 }), { maxLength: 40 })
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 200 }), (of, fill) => {
        const told = tell(of, { fill })
        if (!told) expect(of.length).to.be.lessThan(2 * LEAST)
        else {
          expect(told.count % LEAST).to.equal(0)
          expect(told.count).to.be.within(LEAST, of.length)
          expect(told.average).to.be.within(Math.min(...of) - 0.5, Math.max(...of) + 0.5)
        }
      }),
      { seed: 7, numRuns: 60 },
    )
  })

  it('never are those of one more: who takes the difference of two finds nobody', () => {
    const starts = Array.from({ length: 120 }, (_, at) => at * 100)
    const apart = starts.map((from) => {
      const before = tell(Array(23).fill(1), { from })
      const after = tell(Array(24).fill(1), { from })
      return (after?.count ?? 0) - (before?.count ?? 0)
    })
    for (const each of apart) expect(each % LEAST).to.equal(0)
    expect(apart.filter((each) => each === 0).length / apart.length).to.be.within(0.65, 0.92)
  })

  it('leave open whether somebody is among them, under a key that nobody knows', () => {
    const fills = Array.from({ length: 120 }, (_, at) => at + 1)
    const among = fills.filter((fill) => (tell([9000, ...Array(12).fill(0)], { fill })?.average ?? 0) > 0)
    expect(among.length / fills.length).to.be.within(0.5, 0.9)
  })

  it('have four digits: no digit behind them is that of one value', () => {
    expect(String(tell([0.123456789, ...Array(29).fill(1)])?.average)).to.have.length.at.most(7)
  })

  it('are the same in whatever order they come', () => {
    const crowd = crowdTelling(Buffer.alloc(32, 3), { least: LEAST })
    const members = [5, 1, 9, 4, 7, 3, 8, 2, 6, 11, 12, 13].map((value, at) => ({
      place: crowd.place(`${at}`),
      value,
    }))
    const told = [members, [...members].reverse()].map((all) => {
      const averages = new CrowdAverages(crowd)
      for (const member of all) averages.add(cell, DAY, member)
      return JSON.stringify([...(averages.told(['avg']).get('g')?.[cell.attribute]?.[0]?.methods ?? [])])
    })
    expect(told[0]).to.equal(told[1])
  })

  it('are not made of more than can be held at once', () => {
    const share = groupRoom(2)()
    share.hold()
    share.hold()
    expect(share.hold).to.throw(Problem).with.property('code', 'TooComplexQuery')
    share.leave()
    share.hold()
  })

  it('are not made of more than all requests may hold together, until one of them ends', () => {
    const room = groupRoom(2)
    const [first, second] = [room(), room()]
    first.hold()
    second.hold()
    for (const { hold } of [first, second])
      expect(hold)
        .to.throw(Problem)
        .with.deep.include({
          code: 'TooManyRequests',
          headers: { 'Retry-After': '10' },
        })
    first.leave()
    first.leave()
    second.hold()
    expect(first.hold).to.throw(Problem).with.property('code', 'TooManyRequests')
  })

  it('are not looked for among more entities than one request may', () => {
    const { spend } = groupRoom(2, 1000)()
    spend(999)
    spend(1)
    expect(() => spend(1))
      .to.throw(Problem)
      .with.property('code', 'TooComplexQuery')
  })
})

describe('core/temporal: questions about the history of many', () => {
  const at = (text: string) => parseDateTime(text) ?? Number.NaN
  const midnight = '2026-03-01T17:00:00Z'
  const window = (
    from: string,
    to?: string,
    property: TimeWindow['property'] = 'observedAt',
  ): TimeWindow => ({
    property,
    from: at(from),
    ...(to && { to: at(to) }),
  })
  const ask = (
    asked: { window?: TimeWindow; methods?: string; period?: string; lastN?: number; options?: object },
    every: CrowdPeriod = 'day',
  ) => {
    const { methods = 'avg,totalCount', period = 'P1D', options = {}, ...rest } = asked
    const aggregation = parseAggregation(methods, period)
    if (!aggregation) throw new Error('There is no aggregation')
    return () =>
      refuseSingling(
        {
          window: window(midnight),
          ...rest,
          aggregation,
          options: { format: 'aggregatedValues', ...options },
        },
        { of: new Set(), every },
      )
  }

  it('are answered for whole periods of Việt Nam', () => {
    expect(ask({})).not.to.throw()
    expect(ask({ window: window(midnight, '2026-03-09T17:00:00Z'), methods: 'avg' })).not.to.throw()
    expect(ask({ window: window('2026-03-01T03:00:00Z'), period: 'PT60M' }, 'hour')).not.to.throw()
    expect(ask({ window: window('2026-02-28T17:00:00Z'), period: 'P1M' }, 'month')).not.to.throw()
  })

  const CUT: readonly (readonly [string, Parameters<typeof ask>[0], CrowdPeriod?])[] = [
    ['another period', { period: 'PT1H' }],
    ['one period of all', { period: 'PT0S' }],
    ['from within a day', { window: window('2026-03-01T18:00:00Z') }],
    ['from a midnight of elsewhere', { window: window('2026-03-02T00:00:00Z') }],
    ['up to within a day', { window: window(midnight, '2026-03-09T17:00:01Z') }],
    ['from within a month', { window: window(midnight), period: 'P1M' }, 'month'],
    ['without a beginning', { window: { property: 'observedAt', to: at(midnight) } }],
    ['by when it was written', { window: window(midnight, undefined, 'modifiedAt') }],
    ['the last ones', { lastN: 3 }],
    ['single series', { options: { datasetIds: ['urn:x:1'] } }],
    ['times of the system', { options: { sysAttrs: true } }],
    ...['min', 'max', 'sum', 'sumsq', 'stddev', 'distinctCount'].map(
      (method) => [`the ${method}`, { methods: `avg,${method}` }] as const,
    ),
  ]
  for (const [what, asked, every] of CUT)
    it(`are refused by ${what}`, () => {
      expect(ask(asked, every)).to.throw(Problem).with.property('code', 'Forbidden')
    })
})
