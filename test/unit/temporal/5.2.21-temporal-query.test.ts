import { expect } from 'chai'
import type { JsonObject } from '../../../broker/core/model/json.ts'
import { SCOPE } from '../../../broker/core/model/temporal.ts'
import { parseDateTime } from '../../../broker/core/model/time.ts'
import {
  evolutionOrdering,
  refuseTimeless,
  temporalRequest,
} from '../../../broker/http/decode/temporal-parameters.ts'
import { temporalQueryBody } from '../../../broker/http/decode/temporal-query-body.ts'
import { tableOf } from '../context/terms.ts'
import { refusal } from './refusal.ts'

const table = tableOf()
const T1 = '2020-08-01T12:04:00Z'
const T2 = '2020-09-01T13:06:00.5Z'
const at1 = parseDateTime(T1)
const at2 = parseDateTime(T2)

const read = (query: string) => temporalRequest(new URLSearchParams(query), table)

describe('4.11 NGSI-LD Temporal Query Language', () => {
  const windows: readonly (readonly [string, object | undefined])[] = [
    ['', undefined],
    ['timerel=', undefined],
    [`timerel=after&timeAt=${T1}`, { property: 'observedAt', from: at1 }],
    [`timerel=before&timeAt=${T1}`, { property: 'observedAt', to: at1 }],
    [`timerel=before&timeAt=${T1}&endTimeAt=`, { property: 'observedAt', to: at1 }],
    [`timerel=between&timeAt=${T1}&endTimeAt=${T2}`, { property: 'observedAt', from: at1, to: at2 }],
    [`timerel=after&timeAt=${T1}&timeproperty=modifiedAt`, { property: 'modifiedAt', from: at1 }],
    ['timeproperty=deletedAt', { property: 'deletedAt' }],
  ]
  for (const [query, expected] of windows) {
    it(`reads ${query || 'nothing'}`, () => {
      expect(read(query).window).to.deep.equal(expected)
      expect(read(query).options.property).to.equal(read(query).window?.property)
    })
  }

  const wrong: readonly (readonly [string, string])[] = [
    ['timerel=after', 'timeAt'],
    ['timerel=before&timeAt=', 'timeAt'],
    ['timerel=after&timeAt=2020-08-01', 'timeAt'],
    ['timerel=after&timeAt=2020-08-01T12:00:00%2B07:00', 'timeAt'],
    [`timerel=between&timeAt=${T1}`, 'endTimeAt'],
    [`timerel=during&timeAt=${T1}`, 'timerel'],
    [`timeAt=${T1}`, 'timerel'],
    [`endTimeAt=${T1}`, 'timerel'],
    [`timerel=after&timeAt=${T1}&timeproperty=expiresAt`, 'timeproperty'],
    ['timeproperty=constructor', 'timeproperty'],
  ]
  for (const [query, part] of wrong) {
    it(`refuses ${query}`, () =>
      expect(refusal(() => read(query)))
        .to.match(/^BadRequestData/)
        .and.include(part))
  }
})

describe('6.3.12 Representations of evolutions', () => {
  const formats: readonly (readonly [string, string])[] = [
    ['', 'normalized'],
    ['format=temporalValues', 'temporalValues'],
    ['options=temporalValues', 'temporalValues'],
    ['options=sysAttrs,temporalValues', 'temporalValues'],
    ['options=sysAttrs', 'normalized'],
    ['format=concise', 'concise'],
    ['format=aggregatedValues&aggrMethods=avg', 'aggregatedValues'],
    ['format=temporalValues&options=aggregatedValues&aggrMethods=sum', 'temporalValues'],
    ['aggrMethods=sum', 'normalized'],
  ]
  for (const [query, format] of formats) {
    it(`writes ${format} for ${query || 'nothing'}`, () => {
      const { options, aggregation } = read(query)
      expect(options.format).to.equal(format)
      expect(aggregation !== undefined).to.equal(format === 'aggregatedValues')
    })
  }

  it('shows what the system noted when asked to', () => {
    expect(read('options=sysAttrs').options).to.deep.equal({ format: 'normalized', sysAttrs: true })
  })

  for (const query of [
    'format=simplified',
    'format=constructor',
    'options=keyValues',
    'options=temporalValues,nonsense',
    'format=temporalValues&options=aggregatedValues,nonsense',
    'options=temporalValues,aggregatedValues&aggrMethods=avg',
  ]) {
    it(`refuses ${query}`, () => expect(refusal(() => read(query))).to.match(/^InvalidRequest/))
  }

  it('keeps the scope with the attributes that are named', () => {
    expect(read('attrs=speed,scope').options.pick?.attributes.has(SCOPE)).to.equal(true)
  })

  for (const query of ['attrs=a&pick=b', 'pick=a&omit=a', 'pick=a{b}', 'omit=a{b}']) {
    it(`refuses ${query}`, () => expect(refusal(() => read(query))).to.match(/^BadRequestData/))
  }
})

describe('5.2.44 AggregationParams', () => {
  const aggregations: readonly (readonly [string, object])[] = [
    ['aggrMethods=avg', { methods: ['avg'] }],
    ['aggrMethods=max,avg,max', { methods: ['max', 'avg'] }],
    ['aggrMethods=avg&aggrPeriodDuration=PT0S', { methods: ['avg'] }],
    ['aggrMethods=avg&aggrPeriodDuration=P0D', { methods: ['avg'] }],
    [
      'aggrMethods=sum&aggrPeriodDuration=PT4M',
      { methods: ['sum'], period: { months: 0, micros: 240_000_000 } },
    ],
    ['aggrMethods=sum&aggrPeriodDuration=P1Y2M', { methods: ['sum'], period: { months: 14, micros: 0 } }],
    [
      'aggrMethods=sum&aggrPeriodDuration=P3Y6M4DT12H30M5S',
      { methods: ['sum'], period: { months: 42, micros: ((4 * 24 + 12) * 3600 + 30 * 60 + 5) * 1_000_000 } },
    ],
    [
      'aggrMethods=sum&aggrPeriodDuration=P2W',
      { methods: ['sum'], period: { months: 0, micros: 1_209_600_000_000 } },
    ],
  ]
  for (const [query, expected] of aggregations) {
    it(`reads ${query}`, () =>
      expect(read(`format=aggregatedValues&${query}`).aggregation).to.deep.equal(expected))
  }

  const wrong: readonly (readonly [string, string])[] = [
    ['', 'aggrMethods'],
    ['aggrPeriodDuration=PT1H', 'aggrMethods'],
    ['aggrMethods=', 'aggrMethods'],
    ['aggrMethods=median', 'aggrMethods'],
    ['aggrMethods=avg&aggrPeriodDuration=bogus', 'aggrPeriodDuration'],
    ['aggrMethods=avg&aggrPeriodDuration=P1', 'aggrPeriodDuration'],
    ['aggrMethods=avg&aggrPeriodDuration=-PT1H', 'aggrPeriodDuration'],
  ]
  for (const [query, part] of wrong) {
    it(`refuses ${query || 'nothing'}`, () =>
      expect(refusal(() => read(`format=aggregatedValues&${query}`)))
        .to.match(/^BadRequestData/)
        .and.include(part))
  }
})

describe('5.7.4.4 Query Temporal Evolution: what it needs', () => {
  it('reads how many of the last instances are wanted', () => expect(read('lastN=20').lastN).to.equal(20))
  for (const lastN of ['0', '-1', '2.5', '1e3', 'x', '']) {
    it(`refuses lastN=${lastN}`, () =>
      expect(refusal(() => read(`lastN=${lastN}`))).to.match(/^BadRequestData.*lastN/))
  }

  for (const query of ['', 'timeproperty=createdAt', 'lastN=3']) {
    it(`refuses a query without time: ${query}`, () =>
      expect(refusal(() => refuseTimeless(read(query)))).to.match(/^BadRequestData/))
  }
  it('takes a query with a time', () =>
    expect(refuseTimeless(read(`timerel=after&timeAt=${T1}`))).to.equal(undefined))

  const order = (query: string) => evolutionOrdering(new URLSearchParams(query), table)
  it('orders by id alone', () => {
    expect(order('')).to.equal(undefined)
    expect(order('orderBy=id;desc')?.terms[0]).to.deep.include({ member: 'id', descending: true })
    for (const by of ['name', 'createdAt', 'name.sub', 'id,name', 'type'])
      expect(refusal(() => order(`orderBy=${by}`))).to.match(/^BadRequestData/)
  })
})

describe('5.2.23 Query with temporalQ', () => {
  const base = { type: 'Query', entities: [{ type: 'Vehicle' }] }
  const when = { timerel: 'after', timeAt: T1 }
  const readBody = (members: JsonObject, url = '') => {
    const { query, parameters } = temporalQueryBody({ ...base, ...members }, new URLSearchParams(url), table)
    return { query, ...temporalRequest(parameters, table) }
  }

  it('reads window, selector and the last instances', () => {
    const { query, window, lastN, options } = readBody({ temporalQ: { ...when, lastN: 1 } })
    expect(query.types).to.deep.equal({ kind: 'type', type: table.expand('Vehicle') })
    expect(window).to.deep.equal({ property: 'observedAt', from: at1 })
    expect(lastN).to.equal(1)
    expect(options.format).to.equal('normalized')
  })

  const aggregating: readonly JsonObject[] = [
    { temporalQ: { ...when, aggrMethods: ['avg', 'max'] } },
    { temporalQ: { ...when, aggrMethods: 'avg,max' } },
    { temporalQ: when, aggrParams: { aggrMethods: ['avg', 'max'], aggrPeriodDuration: 'PT0S' } },
  ]
  for (const members of aggregating) {
    it(`means aggregated values by ${JSON.stringify(members)}`, () => {
      expect(readBody(members).aggregation).to.deep.equal({ methods: ['avg', 'max'] })
      expect(readBody(members, 'options=sysAttrs').options.format).to.equal('aggregatedValues')
      expect(readBody(members, 'options=temporalValues').options.format).to.equal('temporalValues')
    })
  }

  const wrong: readonly (readonly [JsonObject, string])[] = [
    [{ temporalQ: 'after' }, 'temporalQ'],
    [{ temporalQ: { ...when, lastN: 0 } }, 'lastN'],
    [{ temporalQ: { ...when, lastN: 2.5 } }, 'lastN'],
    [{ temporalQ: { ...when, lastN: '2' } }, 'lastN'],
    [{ temporalQ: { ...when, timerel: 'during' } }, 'timerel'],
    [{ temporalQ: { ...when, timerel: 'between' } }, 'endTimeAt'],
    [{ temporalQ: { ...when, timeproperty: 'expiresAt' } }, 'timeproperty'],
    [{ temporalQ: { ...when, until: T2 } }, 'until'],
    [{ temporalQ: { ...when, aggrMethods: ['avg'], aggrPeriodDuration: 'bogus' } }, 'aggrPeriodDuration'],
    [{ temporalQ: when, aggrParams: { aggrMethods: ['bogus'] } }, 'aggrMethods'],
    [{ temporalQ: when, aggrParams: { aggrMethods: ['avg'], more: 1 } }, 'more'],
    [{ temporalQ: when, join: 'flat', joinLevel: 2 }, 'linked entities'],
    [{ temporalQ: when, containedBy: ['urn:x:1'] }, 'linked entities'],
    [{ temporalQ: when, constructor: 1 }, 'constructor'],
  ]
  for (const [members, part] of wrong) {
    it(`refuses ${JSON.stringify(members)}`, () =>
      expect(refusal(() => readBody(members)))
        .to.match(/^BadRequestData/)
        .and.include(part))
  }
})
