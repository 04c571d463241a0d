import { expect } from 'chai'
import fc from 'fast-check'
import { parseCalendarDuration } from '../../../broker/core/model/duration.ts'
import type { JsonObject, JsonValue } from '../../../broker/core/model/json.ts'
import type { TemporalEntity, TemporalInstance, TimeWindow } from '../../../broker/core/model/temporal.ts'
import { formatDateTime } from '../../../broker/core/model/time.ts'
import { Aggregator, aggregateEvolution } from '../../../broker/core/temporal/aggregate.ts'
import { aggregateTotals, type PeriodTotal } from '../../../broker/core/temporal/aggregate-totals.ts'
import {
  AGGREGATION_METHODS,
  type Aggregation,
  parseAggregation,
} from '../../../broker/core/temporal/aggregation.ts'
import { periodOf } from '../../../broker/core/temporal/periods.ts'
import { suitedAttributes } from '../../../broker/core/temporal/suited-attributes.ts'
import { renderAggregates } from '../../../broker/core/view/render-aggregates.ts'
import { at, deletion, evolution, instance, table } from './evolution.ts'
import { refusal } from './refusal.ts'

const ALL = AGGREGATION_METHODS.join(',')
const since = (from: string): TimeWindow => ({ property: 'observedAt', from: at(from) })
const minute = (number: number) => `2020-08-01T12:${String(number).padStart(2, '0')}:00Z`

function written(
  entity: TemporalEntity,
  methods: string,
  duration?: string,
  window?: TimeWindow,
): JsonObject {
  const aggregation = parseAggregation(methods, duration)
  const aggregated = aggregation ? aggregateEvolution(entity, aggregation, window) : {}
  const text = renderAggregates(entity, aggregated, { options: { format: 'aggregatedValues' }, table })
  return JSON.parse(text ?? '{}')
}

/** What each method makes of values in one period. */
function aggregated(values: readonly JsonValue[], more: Partial<TemporalInstance> = {}): JsonObject {
  const a = values.map((value, index) => instance(value, minute(index), more))
  const { type: _, ...methods } = written(evolution({ a }), ALL).a as JsonObject
  return Object.fromEntries(
    Object.entries(methods).map(([method, periods]) => [
      method,
      (periods as readonly JsonValue[][])[0]?.[0] ?? null,
    ]),
  )
}

describe('4.5.19.0 Aggregated temporal representation', () => {
  const vehicle = evolution({
    speed: [instance(120, minute(3)), instance(80, minute(5)), instance(100, minute(7))],
    fuelLevel: [
      instance(67, minute(3)),
      instance(53, '2020-08-01T13:05:00Z'),
      instance(40, '2020-08-01T14:07:00Z'),
    ],
  })
  const hour = (from: string, to: string, value: number) => [
    value,
    `2020-08-01T${from}:00Z`,
    `2020-08-01T${to}:00Z`,
  ]
  const fuel = [hour('12:03', '13:03', 67), hour('13:03', '14:03', 53), hour('14:03', '15:03', 40)]

  for (const window of [undefined, since('2020-01-01T12:03:00Z')]) {
    it(`writes one value for each period that has some, ${window ? 'from timeAt on' : 'from the first instance on'}`, () => {
      expect(written(vehicle, 'avg', 'PT1H', window)).to.deep.equal({
        id: 'urn:ngsi-ld:Vehicle:1',
        type: 'Vehicle',
        speed: { type: 'Property', avg: [hour('12:03', '13:03', 100)] },
        fuelLevel: { type: 'Property', avg: fuel },
      })
    })
  }

  it('writes several methods in the order asked for, days from the first instance on', () => {
    const { speed } = written(vehicle, 'min,max', 'P1D')
    const day = ['2020-08-01T12:03:00Z', '2020-08-02T12:03:00Z']
    expect(JSON.stringify(speed)).to.equal(
      JSON.stringify({ type: 'Property', min: [[80, ...day]], max: [[120, ...day]] }),
    )
  })

  it('takes all of the time that is asked for as one period without a duration', () => {
    const between: TimeWindow = { property: 'observedAt', from: at(minute(0)), to: at(minute(59)) }
    const range = (window: TimeWindow | undefined) =>
      (written(vehicle, 'totalCount', 'PT0S', window).speed as JsonObject).totalCount
    expect(range(between)).to.deep.equal([[3, minute(0), minute(59)]])
    expect(range(since(minute(0)))).to.deep.equal([[3, minute(0), minute(7)]])
    expect(range(undefined)).to.deep.equal([[3, minute(3), minute(7)]])
  })

  it('puts the beginning of a period into it, and its end into the next', () => {
    const entity = evolution({ a: [instance(1, minute(0)), instance(2, minute(4))] })
    expect((written(entity, 'sum', 'PT4M', since(minute(0))).a as JsonObject).sum).to.deep.equal([
      [1, minute(0), minute(4)],
      [2, minute(4), minute(8)],
    ])
  })

  it('aggregates each datasetId by itself, relationships as such', () => {
    const a = [instance(1, minute(0)), instance(2, minute(1), { datasetId: 'urn:x:a' })]
    const b = [instance('urn:x:1', minute(0), { kind: 'Relationship' })]
    const result = written(
      evolution({ a, b, scope: [instance(['/A'], minute(0))] }, { scopes: ['/A'] }),
      'totalCount',
    )
    const whole = [minute(0), minute(1)]
    expect(result).to.deep.equal({
      id: 'urn:ngsi-ld:Vehicle:1',
      type: 'Vehicle',
      a: [
        { type: 'Property', totalCount: [[1, minute(0), minute(0)]] },
        { type: 'Property', datasetId: 'urn:x:a', totalCount: [[1, ...whole]] },
      ].map((each) => ({ ...each, totalCount: [[1, ...whole]] })),
      b: { type: 'Relationship', totalCount: [[1, minute(0), minute(0)]] },
    })
  })

  it('counts no deletions', () => {
    const gone = [
      instance(1, minute(0)),
      instance('urn:ngsi-ld:null', minute(1)),
      deletion('Property', minute(2)),
    ]
    const result = written(evolution({ a: gone, b: [deletion('Property', minute(2))] }), 'totalCount,avg')
    expect(result.a).to.deep.include({ totalCount: [[1, minute(0), minute(0)]] })
    expect(result).not.to.have.property('b')
  })
})

describe('4.5.19.1 Aggregation methods by type of value', () => {
  const typed = (type: string, value: string): JsonObject => ({ '@type': type, '@value': value })
  const rows: readonly (readonly [string, readonly JsonValue[], Partial<TemporalInstance>, JsonObject])[] = [
    [
      'numbers',
      [2, 4, 4, 4, 5, 5, 7, 9],
      {},
      { totalCount: 8, distinctCount: 5, sum: 40, avg: 5, min: 2, max: 9, stddev: 2, sumsq: 232 },
    ],
    [
      'one number',
      [5],
      {},
      { totalCount: 1, distinctCount: 1, sum: 5, avg: 5, min: 5, max: 5, stddev: 0, sumsq: 25 },
    ],
    [
      'booleans',
      [true, false, true, true],
      {},
      {
        totalCount: 4,
        distinctCount: 2,
        sum: 3,
        avg: 0.75,
        min: 0,
        max: 1,
        stddev: Math.sqrt(0.1875),
        sumsq: 3,
      },
    ],
    [
      'texts',
      ['b', 'a', '\u{1f600}', '\uffee', 'b'],
      {},
      { totalCount: 5, distinctCount: 4, min: 'a', max: '\u{1f600}' },
    ],
    [
      'arrays',
      [[1, 2, 3], [], [1]],
      {},
      { totalCount: 3, distinctCount: 3, sum: 4, avg: 4 / 3, min: 0, max: 3 },
    ],
    [
      'lists',
      [
        [1, 2],
        [1, 2],
      ],
      { kind: 'ListProperty' },
      { totalCount: 2, distinctCount: 1, sum: 4, avg: 2, min: 2, max: 2 },
    ],
    [
      'objects',
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
      {},
      { totalCount: 2, distinctCount: 1 },
    ],
    [
      'DateTimes',
      [typed('DateTime', '2020-01-01T10:00:00Z'), typed('DateTime', '2019-01-01T10:00:00.5Z')],
      {},
      {
        totalCount: 2,
        distinctCount: 2,
        min: typed('DateTime', '2019-01-01T10:00:00.5Z'),
        max: typed('DateTime', '2020-01-01T10:00:00Z'),
      },
    ],
    [
      'Dates',
      ['2020-01-02', '2020-01-01'],
      { valueType: table.expand('ngsi-ld:Date') },
      { totalCount: 2, distinctCount: 2, min: '2020-01-01', max: '2020-01-02' },
    ],
    [
      'Times',
      [typed('Time', '08:00:00Z'), typed('Time', '09:00:00.5Z')],
      {},
      {
        totalCount: 2,
        distinctCount: 2,
        avg: typed('Time', '08:30:00.250Z'),
        min: typed('Time', '08:00:00Z'),
        max: typed('Time', '09:00:00.5Z'),
      },
    ],
    ['URIs', [typed('URI', 'urn:x:1'), typed('URI', 'urn:x:1')], {}, { totalCount: 2, distinctCount: 1 }],
    ['vocabularies', ['urn:x:1', 'urn:x:2'], { kind: 'VocabProperty' }, { totalCount: 2, distinctCount: 2 }],
    [
      'languages',
      [{ en: 'a' }, { en: 'a' }],
      { kind: 'LanguageProperty' },
      { totalCount: 2, distinctCount: 1 },
    ],
    [
      'places',
      [{ type: 'Point', coordinates: [1, 2] }],
      { kind: 'GeoProperty' },
      { totalCount: 1, distinctCount: 1 },
    ],
    [
      'relationships',
      ['urn:x:1', ['urn:x:1', 'urn:x:2']],
      { kind: 'Relationship' },
      { totalCount: 2, distinctCount: 2 },
    ],
    [
      'lists of relationships',
      [['urn:x:1'], ['urn:x:2', 'urn:x:3']],
      { kind: 'ListRelationship' },
      { totalCount: 2, distinctCount: 3 },
    ],
    [
      'numbers among texts',
      ['x', 4, 2],
      {},
      { totalCount: 3, distinctCount: 3, sum: 6, avg: 3, min: 2, max: 4, stddev: 1, sumsq: 20 },
    ],
  ]
  for (const [what, values, more, expected] of rows) {
    it(`of ${what}`, () => expect(aggregated(values, more)).to.deep.equal(expected))
  }

  it('deviation of large numbers that are close together', () => {
    expect(aggregated([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16]).stddev).to.be.closeTo(Math.sqrt(22.5), 1e-6)
  })
})

describe('5.7.4.4 Attributes to which no method applies', () => {
  const entity = evolution({ speed: [instance(1, minute(0))], name: [instance('x', minute(0))] })
  const suited = (methods: string, named?: readonly string[]) => {
    const aggregation = parseAggregation(methods, undefined)
    const all = aggregation ? aggregateEvolution(entity, aggregation, undefined) : {}
    return Object.keys(
      suitedAttributes(all, named && new Set(named.map((name) => table.expand(name))), table),
    )
  }
  it('are left out beside others, unless they were asked for by name', () => {
    expect(suited('avg')).to.deep.equal([table.expand('speed')])
    expect(suited('avg', ['speed'])).to.deep.equal([table.expand('speed')])
    expect(suited('avg,min', ['speed', 'name'])).to.have.length(2)
    expect(refusal(() => suited('avg', ['speed', 'name']))).to.match(/^InvalidRequest.*name/)
  })
  it('are refused alone', () => {
    const aggregation: Aggregation = { methods: ['avg'] }
    const alone = aggregateEvolution(evolution({ name: [instance('x', minute(0))] }), aggregation, undefined)
    expect(refusal(() => suitedAttributes(alone, undefined, table))).to.match(/^InvalidRequest/)
    expect(suitedAttributes({}, undefined, table)).to.deep.equal({})
  })
})

describe('4.5.19.1 Periods', () => {
  const rows: readonly (readonly [string, string, string, string, string])[] = [
    ['2020-01-31T08:00:00Z', 'P1M', '2020-01-31T08:00:00Z', '2020-01-31T08:00:00Z', '2020-02-29T08:00:00Z'],
    ['2020-01-31T08:00:00Z', 'P1M', '2020-02-29T08:00:00Z', '2020-02-29T08:00:00Z', '2020-03-31T08:00:00Z'],
    ['2020-01-31T08:00:00Z', 'P1M', '2020-03-31T07:59:59Z', '2020-02-29T08:00:00Z', '2020-03-31T08:00:00Z'],
    ['2020-02-29T00:00:00Z', 'P1Y', '2023-12-31T00:00:00Z', '2023-02-28T00:00:00Z', '2024-02-29T00:00:00Z'],
    ['2020-01-01T00:00:00Z', 'P1M1D', '2020-03-03T00:00:00Z', '2020-03-03T00:00:00Z', '2020-04-04T00:00:00Z'],
    [
      '2020-01-01T17:00:00Z',
      'P1D',
      '2026-07-01T16:59:59.999999Z',
      '2026-06-30T17:00:00Z',
      '2026-07-01T17:00:00Z',
    ],
    [
      '2020-01-01T00:00:00Z',
      'PT1.5S',
      '2020-01-01T00:00:04Z',
      '2020-01-01T00:00:03Z',
      '2020-01-01T00:00:04.500Z',
    ],
    ['2020-01-01T00:00:00Z', 'P2W', '2020-01-15T00:00:00Z', '2020-01-15T00:00:00Z', '2020-01-29T00:00:00Z'],
    [
      '2020-01-01T00:00:00Z',
      'P999999999Y',
      '2024-01-01T00:00:00Z',
      '2020-01-01T00:00:00Z',
      '9999-12-31T23:59:59Z',
    ],
  ]
  for (const [start, duration, instant, from, to] of rows) {
    it(`${duration} from ${start}: ${instant} is in the one from ${from}`, () => {
      const length = parseCalendarDuration(duration)
      const period = length && periodOf(at(instant), at(start), length)
      expect(period && [formatDateTime(period.from), formatDateTime(period.to)]).to.deep.equal([from, to])
    })
  }

  const lengths = fc.record({
    months: fc.integer({ min: 0, max: 30 }),
    micros: fc.integer({ min: 0, max: 5_000_000_000 }),
  })
  const instants = fc.integer({ min: 0, max: at('2100-01-01T00:00:00Z') })
  it('hold every instant in exactly one, and follow each other', () => {
    fc.assert(
      fc.property(instants, instants, lengths, (one, other, length) => {
        if (length.months + length.micros === 0) return
        const [start, instant] = one < other ? [one, other] : [other, one]
        const { from, to } = periodOf(instant, start, length)
        expect(from).to.be.at.most(instant)
        expect(to).to.be.above(instant)
        expect(periodOf(to, start, length).from).to.equal(to)
        expect(periodOf(to - 1, start, length).from).to.equal(from)
      }),
    )
  })
})

describe('4.5.19 Totals of periods that somebody else summed up', () => {
  it('come to the same as the instances themselves', () => {
    const number = fc.double({ min: -1e6, max: 1e6, noNaN: true })
    const sample = fc.tuple(fc.integer({ min: 0, max: 500 }), number)
    fc.assert(
      fc.property(
        fc.array(sample, { minLength: 1, maxLength: 60 }),
        fc.integer({ min: 1, max: 100 }),
        (samples, micros) => {
          const methods = AGGREGATION_METHODS.filter((method) => method !== 'distinctCount')
          const period = { months: 0, micros }
          const raw = new Aggregator({ methods, period }, { start: 0 })
          const totals: PeriodTotal[] = []
          for (const [time, value] of samples) raw.add(instance(value, undefined, { observedAt: time }))
          for (let from = 0; from <= 500; from += micros) {
            const values = samples.flatMap(([time, value]) =>
              time >= from && time < from + micros ? [value] : [],
            )
            if (values.length === 0) continue
            const sum = values.reduce((all, value) => all + value, 0)
            const sumsq = values.reduce((all, value) => all + value * value, 0)
            const extremes = { min: Math.min(...values), max: Math.max(...values) }
            totals.push({
              period: { from, to: from + micros },
              count: values.length,
              sum,
              sumsq,
              ...extremes,
            })
          }
          const [left] = raw.result()
          const summed = new Aggregator({ methods, period }, { start: 0 })
          for (const total of totals) summed.addTotal(total, total.period?.from ?? 0)
          const rights = [...aggregateTotals(totals, methods, { from: 0, to: 500 }), ...summed.result()]
          expect(rights).to.have.length(2)
          for (const [right, method] of rights.flatMap((one) =>
            methods.map((each) => [one, each] as const),
          )) {
            const expected = left?.methods.get(method) ?? []
            const found = right.methods.get(method) ?? []
            expect(found.map(({ from, to }) => [from, to])).to.deep.equal(
              expected.map(({ from, to }) => [from, to]),
            )
            // a deviation out of sums of squares is known to half of the digits
            expected.forEach(({ value }, place) => {
              const tolerance = method === 'stddev' ? 0.1 : 1e-9 * Math.max(1, Math.abs(Number(value)), 1e6)
              expect(Number(found[place]?.value)).to.be.closeTo(Number(value), tolerance)
            })
          }
        },
      ),
    )
  })
})
