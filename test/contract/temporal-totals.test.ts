import { expect } from 'chai'
import fc from 'fast-check'
import type { Duration } from '../../broker/core/model/duration.ts'
import type { Instance } from '../../broker/core/model/entity.ts'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import type { PeriodTotal } from '../../broker/core/temporal/aggregate-totals.ts'
import { periodOf } from '../../broker/core/temporal/periods.ts'
import type { MongoStore } from '../../broker/store/mongodb/mongo-store.ts'
import type { AggregateQuery, EvolutionStore, EvolutionUnit } from '../../broker/store/port/evolution.ts'
import { toldInstance } from '../../broker/store/port/history-instances.ts'
import type { EntityUnit, Store } from '../../broker/store/port/store.ts'
import { SqliteStore } from '../../broker/store/sqlite/sqlite-store.ts'
import { DAY, HOUR, instants, MINUTE, numbers, START } from '../support/random-history.ts'
import { append, entity, evolve, NOW, PM10, property, put, remove } from '../support/store-builders.ts'
import { stores } from '../support/store-kinds.ts'
import type { OpenedStore } from '../support/stores.ts'

/** Sums may differ from those of the numbers one by one by so much of the sum of their magnitudes. */
const TOLERANCE = 1e-12
const SECOND = 1_000_000

for (const { name, open, runs } of stores) {
  describe(`${name}: totals of periods`, function () {
    this.timeout(120_000)
    let opened: OpenedStore
    let store: Store
    before(async () => {
      // MongoDB waits for a day more before it sums one up
      opened = await open(() => NOW + HOUR + (name === 'MongoDB' ? DAY : 0))
      store = opened.store
    })
    after(() => opened.close())

    /** So many make an hour busy where there are totals of minutes. */
    const burst = name === 'MongoDB' ? 30 : 700
    const commit = (...units: readonly (EntityUnit | EvolutionUnit)[]) => store.commit(DEFAULT_TENANT, units)
    const ALL_DAYS = { from: START, to: NOW }
    const totals = async (id: string, query: Partial<AggregateQuery> = {}) => {
      const asked = { attribute: PM10, window: ALL_DAYS, ...query }
      return (await store.aggregates(DEFAULT_TENANT, [id], asked))[0]
    }
    const settle = async () => {
      if (opened.store instanceof SqliteStore) await opened.store.rollUp()
      else {
        await store.logEnd(DEFAULT_TENANT) // nothing is on its way into history any more
        await (store as MongoStore).sumUp() // the only other kind
      }
    }
    const instances = (id: string) =>
      store.instances(DEFAULT_TENANT, id, { attributes: [PM10], order: 'oldest', perAttribute: 10_000 })

    it('are those of the numbers one by one, before and after they are summed up', async () => {
      const id = 'urn:ngsi-ld:T:totals'
      const hours = Array.from({ length: 24 * 5 }, (_, at) =>
        property(at, { observedAt: START + at * HOUR + 1 }),
      )
      await commit(append(id, hours))
      const periods = { start: START, length: { months: 0, micros: DAY } }
      const expected = [0, 1, 2, 3, 4].map((period) => {
        const values = Array.from({ length: 24 }, (_, at) => period * 24 + at)
        return {
          period: { from: START + period * DAY, to: START + (period + 1) * DAY },
          count: 24,
          sum: values.reduce((sum, value) => sum + value, 0),
          sumsq: values.reduce((sum, value) => sum + value * value, 0),
          min: period * 24,
          max: period * 24 + 23,
        }
      })
      for (const summedUp of [false, true]) {
        if (summedUp) await settle()
        const wide = { from: START, to: NOW + DAY }
        expect(await totals(id, { window: wide, periods })).to.deep.equal(expected)
        const window = { from: START + 90 * 60_000_000, to: START + 5 * HOUR }
        const cut = { count: 3, sum: 2 + 3 + 4, sumsq: 4 + 9 + 16, min: 2, max: 4 }
        expect(await totals(id, { window })).to.deep.equal([cut])
      }
    })

    it('are told by datasetId, of those that are asked for', async () => {
      const id = 'urn:ngsi-ld:T:totals-datasets'
      const observedAt = START + 5
      await commit(
        append(id, [property(1, { observedAt }), property(2, { observedAt, datasetId: 'urn:d:1' })]),
      )
      const one = { count: 1, sum: 1, sumsq: 1, min: 1, max: 1 }
      const two = { count: 1, sum: 2, sumsq: 4, min: 2, max: 2, datasetId: 'urn:d:1' }
      expect(await totals(id)).to.deep.equal([one, two])
      expect(await totals(id, { datasetIds: ['urn:d:1'] })).to.deep.equal([two])
      expect(await totals(id, { datasetIds: [''] })).to.deep.equal([one])
    })

    it('are not told where an instance is no plain number, which only the instances can tell', async () => {
      const others = [
        property('text', { observedAt: START + 1 }),
        property(1, { observedAt: START + 1, attributes: { [PM10]: [property(1)] } }),
        property(1e200, { observedAt: START + 1 }),
      ]
      for (const [at, other] of others.entries()) {
        for (const recorded of [true, false]) {
          const id = `urn:ngsi-ld:T:totals-other-${at}-${recorded}`
          await commit(recorded ? put(entity(id, { attributes: { [PM10]: [other] } })) : append(id, [other]))
          for (const summedUp of [false, true]) {
            if (summedUp) await settle()
            expect(await totals(id), `${id} ${summedUp}`).to.equal(undefined)
            expect(await totals(id, { window: { from: START + 2, to: NOW } })).to.deep.equal([])
          }
        }
      }
    })

    it('have nothing of what has no observedAt, was deleted, or was never there', async () => {
      const id = 'urn:ngsi-ld:T:totals-none'
      const state = entity(id)
      await commit(put(state), remove(state, 'previous', NOW - 5))
      expect(await totals(id, { window: { from: 0, to: NOW + DAY } })).to.deep.equal([])
      expect(await totals('urn:ngsi-ld:T:never')).to.deep.equal([])
      expect(await totals(id, { window: { from: START, to: START } })).to.deep.equal([])
    })

    it('are told of many entities at once, in the order of their ids', async () => {
      const ids = [1, 2, 3].map((at) => `urn:ngsi-ld:T:totals-many-${at}`)
      const [first = '', second = '', third = ''] = ids
      await commit(append(first, [property(1, { observedAt: START })]))
      await commit(append(third, [property('text', { observedAt: START })]))
      const asked = { attribute: PM10, window: ALL_DAYS }
      const one = { count: 1, sum: 1, sumsq: 1, min: 1, max: 1 }
      expect(await store.aggregates(DEFAULT_TENANT, [third, second, first], asked)).to.deep.equal([
        undefined,
        [],
        [one],
      ])
      expect(await store.aggregates(DEFAULT_TENANT, [], asked)).to.deep.equal([])
      const twenty = Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? first : second))
      const ofAllTime = await store.aggregates(DEFAULT_TENANT, twenty, { attribute: PM10 })
      expect(ofAllTime).to.deep.equal(twenty.map((id) => (id === first ? [one] : [])))
    })

    it('are of all of time without a window, unless something there was not observed at a time', async () => {
      const id = 'urn:ngsi-ld:T:totals-all'
      await commit(append(id, [property(1, { observedAt: 5 }), property(3, { observedAt: NOW })]))
      const { window: _, ...all } = { attribute: PM10, window: ALL_DAYS }
      const both = { count: 2, sum: 4, sumsq: 10, min: 1, max: 3 }
      expect(await store.aggregates(DEFAULT_TENANT, [id], all)).to.deep.equal([[both]])
      await commit(append(id, [property(9, { modifiedAt: NOW - 1 })]))
      expect(await store.aggregates(DEFAULT_TENANT, [id], all)).to.deep.equal([undefined])
      const window = { from: 0, to: NOW + 1 }
      expect(await totals(id, { window })).to.deep.equal([both])
    })

    it('tell minutes of an hour with many instances, also when one of them comes late or goes', async () => {
      const id = 'urn:ngsi-ld:T:totals-busy'
      const minutes = { start: START, length: { months: 0, micros: MINUTE } }
      const each = name === 'MongoDB' ? 4 : 60
      await commit(append(id, many(START, 60 * each, MINUTE / each)))
      const expected = (extra: number) =>
        Array.from({ length: 60 }, (_, at) => [at * MINUTE, at === 7 ? each + extra : each])
      const counts = async () =>
        (await totals(id, { periods: minutes }))?.map(({ period, count }) => [
          (period?.from ?? 0) - START,
          count,
        ])
      for (const extra of [0, 1]) {
        if (extra > 0) await commit(append(id, [property(5, { observedAt: START + 7 * MINUTE + 1 })]))
        expect(await counts()).to.deep.equal(expected(extra))
        await settle()
        expect(await counts()).to.deep.equal(expected(extra))
      }
      const [late] = await store.instances(DEFAULT_TENANT, id, {
        attributes: [PM10],
        window: { property: 'observedAt', from: START + 7 * MINUTE + 1, to: START + 7 * MINUTE + 2 },
        order: 'oldest',
        perAttribute: 1,
      })
      const instanceId = late?.instanceId ?? ''
      await commit(evolve(id, { action: 'deleteInstance', attribute: PM10, instanceId }))
      expect(await counts()).to.deep.equal(expected(0))
      await settle()
      expect(await counts()).to.deep.equal(expected(0))
    })

    it('are those of the instances, whatever came late, twice, corrected or was deleted', async () => {
      let cases = 0
      let told = 0
      await fc.assert(
        fc.asyncProperty(
          fc.array(steps, { minLength: 1, maxLength: name === 'MongoDB' ? 7 : 12 }),
          questions,
          async (actions, asked) => {
            const id = `urn:ngsi-ld:T:totals-model-${++cases}`
            for (const [at, step] of actions.entries()) {
              if (step.do === 'rollUp') await settle()
              else {
                const unit = await unitOf(id, step, at)
                if (unit) await commit(unit)
              }
            }
            const all = await instances(id)
            const query = queryOf(asked, all)
            const [found] = await store.aggregates(DEFAULT_TENANT, [id], query)
            const expected = totalsOf(all, query)
            if (!found) return
            told++
            expect(found.map(({ sum, sumsq, ...exact }) => exact)).to.deep.equal(
              expected.map(({ sum, sumsq, magnitude, ...exact }) => exact),
            )
            for (const [at, { sum, sumsq }] of found.entries()) {
              const wanted = expected[at] ?? { sum: 0, sumsq: 0, magnitude: 0 }
              expect(sum).to.be.closeTo(wanted.sum, wanted.magnitude * TOLERANCE)
              expect(sumsq).to.be.closeTo(wanted.sumsq, wanted.sumsq * TOLERANCE)
            }
          },
        ),
        { numRuns: runs * 3 },
      )
      expect(told).to.be.above(cases / 4)
    })

    async function unitOf(
      id: string,
      step: Step,
      at: number,
    ): Promise<EntityUnit | EvolutionUnit | undefined> {
      if (step.do === 'burst') return append(id, many(START + (step.pick % 3) * HOUR, burst, SECOND))
      const made = step.instances.map((one) => ({ ...one, createdAt: NOW, modifiedAt: NOW + at }))
      const [instance] = made
      const stored = await store.read(DEFAULT_TENANT, id)
      if (step.do === 'append' || !instance) return append(id, made)
      if (step.do === 'put') {
        const before = stored && JSON.parse(stored.text)
        const members = { attributes: { [PM10]: [instance] }, modifiedAt: NOW + at }
        return put(entity(id, members), stored?.version ?? 0, before)
      }
      if (step.do === 'remove') {
        return stored && remove(JSON.parse(stored.text), stored.version, NOW + at)
      }
      if (step.do === 'deleteAttribute') return evolve(id, { action: 'deleteAttribute', attribute: PM10 })
      const all = await instances(id)
      const chosen = all[step.pick % Math.max(1, all.length)]
      if (!chosen) return undefined
      const place = { attribute: PM10, instanceId: chosen.instanceId }
      if (step.do === 'deleteInstance') return evolve(id, { action: 'deleteInstance', ...place })
      return evolve(id, { action: 'replaceInstance', ...place, instance })
    }
  })
}

interface Step {
  readonly do:
    | 'append'
    | 'burst'
    | 'put'
    | 'remove'
    | 'rollUp'
    | 'deleteInstance'
    | 'replaceInstance'
    | 'deleteAttribute'
  readonly instances: readonly Omit<Instance, 'createdAt' | 'modifiedAt'>[]
  readonly pick: number
}

const steps: fc.Arbitrary<Step> = fc.record({
  do: fc.constantFrom(
    ...(['append', 'append', 'append', 'put', 'put', 'rollUp', 'rollUp', 'burst'] as const),
    ...(['remove', 'deleteInstance', 'replaceInstance', 'deleteAttribute'] as const),
  ),
  instances: fc.array(
    fc
      .record(
        {
          kind: fc.constant('Property' as const),
          value: fc.oneof({ weight: 99, arbitrary: numbers }, { weight: 1, arbitrary: fc.constant('text') }),
          observedAt: fc.option(instants, { nil: undefined, freq: 40 }),
          datasetId: fc.constant('urn:d:1'),
        },
        { requiredKeys: ['kind', 'value', 'observedAt'] },
      )
      .map(({ observedAt, ...rest }) => (observedAt === undefined ? rest : { ...rest, observedAt })),
    { minLength: 1, maxLength: 10 },
  ),
  pick: fc.nat({ max: 30 }),
})

/** What is asked for: between two instants, from one on, before one, or over everything; by periods or all at once. */
interface Question {
  readonly between: readonly number[]
  readonly open: 'from' | 'to' | 'both' | 'none'
  readonly length: Duration | undefined
}

const questions: fc.Arbitrary<Question> = fc.record({
  between: fc
    .uniqueArray(instants, { minLength: 2, maxLength: 2 })
    .map((list) => list.sort((left, right) => left - right)),
  open: fc.constantFrom('none', 'from', 'to', 'both'),
  length: fc.constantFrom(
    undefined,
    ...[MINUTE, 5 * MINUTE, 15 * MINUTE, HOUR, 7 * HOUR, DAY, 10 * DAY].map((micros) => ({
      months: 0,
      micros,
    })),
    { months: 1, micros: 0 },
  ),
})

type Instances = Awaited<ReturnType<EvolutionStore['instances']>>

/** Periods begin where the window does, or with the first instance. */
function queryOf({ between: [from = 0, to = 0], open, length }: Question, all: Instances): AggregateQuery {
  const window = {
    ...((open === 'none' || open === 'to') && { from }),
    ...((open === 'none' || open === 'from') && { to }),
  }
  const asked = { attribute: PM10, ...(open !== 'both' && { window }) }
  const start = window.from ?? Math.min(NOW + DAY, ...all.flatMap((one) => timeIn(one, asked) ?? []))
  return { ...asked, ...(length && { periods: { start, length } }) }
}

/** When an instance counts; undefined: it is not asked for. */
function timeIn(
  { observedAt, modifiedAt, deletedAt }: Instances[number],
  { window }: AggregateQuery,
): number | undefined {
  const time = observedAt ?? (window ? undefined : modifiedAt)
  if (time === undefined || deletedAt !== undefined) return undefined
  return time >= (window?.from ?? time) && time < (window?.to ?? time + 1) ? time : undefined
}

/** What a plain loop over the instances makes of periods. */
function totalsOf(
  all: Instances,
  query: AggregateQuery,
): readonly (PeriodTotal & { readonly magnitude: number })[] {
  const found = new Map<string, PeriodTotal & { readonly magnitude: number }>()
  for (const one of all) {
    const time = timeIn(one, query)
    if (time === undefined) continue
    const { datasetId } = one
    const { start = 0, length } = query.periods ?? {}
    const period = length && periodOf(time, start, length)
    const value = Number(toldInstance(one).value)
    const key = `${String(period?.from ?? 0).padStart(20, '0')} ${datasetId ?? ''}`
    const { count = 0, sum = 0, sumsq = 0, magnitude = 0, min = value, max = value } = found.get(key) ?? {}
    found.set(key, {
      ...(datasetId !== undefined && { datasetId }),
      ...(period && { period }),
      count: count + 1,
      sum: sum + value,
      sumsq: sumsq + value * value,
      magnitude: magnitude + Math.abs(value),
      min: Math.min(min, value),
      max: Math.max(max, value),
    })
  }
  return [...found].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, total]) => total)
}

/** So many numbers, one behind the other. */
function many(from: number, count: number, apart: number): readonly Instance[] {
  return Array.from({ length: count }, (_, at) => property(at % 60, { observedAt: from + at * apart }))
}
