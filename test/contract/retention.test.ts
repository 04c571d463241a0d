import { expect } from 'chai'
import fc from 'fast-check'
import type { Instance } from '../../broker/core/model/entity.ts'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import type { Micros } from '../../broker/core/model/time.ts'
import type { PeriodTotal } from '../../broker/core/temporal/aggregate-totals.ts'
import { horizonOf, type RetentionRule } from '../../broker/core/temporal/retention.ts'
import type { EvolutionUnit } from '../../broker/store/port/evolution.ts'
import type { EntityUnit, HistoryInstance, Store } from '../../broker/store/port/store.ts'
import { SqliteStore } from '../../broker/store/sqlite/sqlite-store.ts'
import { EvolutionModel } from '../support/evolution-model.ts'
import { DAY, HOUR, instants, numbers, START } from '../support/random-history.ts'
import { append, entity, evolve, NOW, PM10, property, put, remove, TYPE } from '../support/store-builders.ts'
import { stores } from '../support/store-kinds.ts'
import type { OpenedStore } from '../support/stores.ts'

const TOLERANCE = 1e-12
const RULES: readonly RetentionRule[] = [
  { types: [TYPE], attributes: [PM10], instances: 2 * DAY, hourly: 4 * DAY, daily: 7 * DAY },
]

for (const { name, open, runs } of stores) {
  describe(`${name}: what history keeps no longer`, function () {
    this.timeout(180_000)
    let opened: OpenedStore
    let store: Store
    let now: Micros
    before(async () => {
      opened = await open(() => now, undefined, RULES)
      store = opened.store
    })
    beforeEach(() => {
      now = NOW
    })
    after(() => opened.close())

    const commit = (...units: readonly (EntityUnit | EvolutionUnit)[]) => store.commit(DEFAULT_TENANT, units)
    const retain = () => (store as Store & { retain(): Promise<void> }).retain() // each of the stores has it
    const instances = (id: string) =>
      store.instances(DEFAULT_TENANT, id, { order: 'oldest', perAttribute: 10_000 })
    const keepsTotals = () => store instanceof SqliteStore

    async function told(id: string, bounds: readonly Micros[]): Promise<readonly PlacedTotal[]> {
      const numbers = numbersOf(await instances(id)).flatMap(totalIn(bounds))
      const totals: PlacedTotal[] = []
      for (const [period, from] of bounds.slice(0, -1).entries()) {
        const query = { attribute: PM10, window: { from, to: bounds[period + 1] ?? from } }
        const placed = (found: readonly PeriodTotal[] = []) => found.map((total) => ({ ...total, period }))
        const [all] = await store.aggregates(DEFAULT_TENANT, [id], query)
        if (all) totals.push(...placed(all))
        else {
          const [condensed] = await store.aggregates(DEFAULT_TENANT, [id], { ...query, condensed: true })
          totals.push(
            ...sumsOf([...placed(condensed), ...numbers.filter((number) => number.period === period)]),
          )
        }
      }
      return totals
    }

    it('are the instances of days that are too old, of what a rule is about', async () => {
      const id = 'urn:r:old'
      const old = { observedAt: START + 5 }
      await commit(
        append(id, [property(1, old), property('text', { observedAt: START + 6 })]),
        append('urn:r:other', [property(1, old)], { types: ['https://example.org/Other'] }),
      )
      await commit(append(id, [property(2, { observedAt: NOW - DAY })]))
      await retain()
      expect((await instances(id)).map(({ text }) => JSON.parse(text ?? '').value)).to.deep.equal([2])
      expect(await instances('urn:r:other')).to.have.length(1)
      if (!keepsTotals()) return
      expect(await told(id, [START, NOW])).to.deep.equal([
        { period: 0, count: 2, sum: 3, sumsq: 5, min: 1, max: 2 },
      ])
      expect(await store.condensed(DEFAULT_TENANT, id, {})).to.deep.equal([
        { attribute: PM10, first: START, last: START },
      ])
      expect(await store.condensed(DEFAULT_TENANT, id, { from: START + 1 })).to.deep.equal([])
    })

    it('are what came and went with an entity, but never what it is now', async () => {
      const [lived, alive] = ['urn:r:lived', 'urn:r:alive']
      const at = { observedAt: START, modifiedAt: START, createdAt: START }
      const made = (id: string) =>
        entity(id, { attributes: { [PM10]: [property(7, at)] }, createdAt: START, modifiedAt: START })
      await commit(put(made(lived)), put(made(alive)), remove(made(lived), 'previous', START + HOUR))
      expect(await instances(lived)).to.have.length(2)
      await retain()
      expect(await instances(lived)).to.deep.equal([])
      expect(await instances(alive)).to.deep.equal([])
      expect((await store.read(DEFAULT_TENANT, alive))?.text).to.contain('"value":7')
      if (keepsTotals()) {
        for (const id of [lived, alive]) {
          expect((await told(id, [START, NOW])).map(({ sum }) => sum)).to.deep.equal([7])
          expect(await store.evolutions(DEFAULT_TENANT, { ids: [id], limit: 1 })).to.have.length(1)
        }
        now = NOW + 10 * DAY
        await retain()
        expect(await told(lived, [START, NOW])).to.deep.equal([])
        expect(await store.evolutions(DEFAULT_TENANT, { ids: [lived], limit: 1 })).to.have.length(0)
      }
    })

    it('leave totals that an erasure by time takes whole hours and days of', async () => {
      if (!keepsTotals()) return
      const id = 'urn:r:erased-time'
      const hours = [0, 1, 2, 30, 31].map((hour) =>
        property(hour, { observedAt: START + hour * HOUR + 600_000_000, modifiedAt: NOW - 1 }),
      )
      await commit(append(id, hours))
      await retain()
      expect(await instances(id)).to.deep.equal([])
      const window = { property: 'observedAt', from: START + HOUR + 1, to: START + 2 * HOUR + 1 } as const
      const before = await told(id, [START, NOW])
      expect(before.map(({ count }) => count)).to.deep.equal([5])
      await commit(evolve(id, { action: 'erase', what: { window: { ...window, property: 'modifiedAt' } } }))
      expect(await told(id, [START, NOW])).to.deep.equal(before)
      await commit(evolve(id, { action: 'erase', what: { window } }))
      expect((await told(id, [START, NOW])).map(({ count, sum }) => [count, sum])).to.deep.equal([
        [3, 0 + 30 + 31],
      ])
      expect((await told(id, [START, START + DAY, NOW])).map(({ sum }) => sum)).to.deep.equal([0, 61])
      await commit(evolve(id, { action: 'erase', what: { attributes: [PM10] } }))
      expect(await told(id, [START, NOW])).to.deep.equal([])
      await commit(append(id, hours.slice(0, 1)))
      expect((await told(id, [START, NOW])).map(({ count }) => count)).to.deep.equal([1])
    })

    it('leave totals that are erased like instances, and do not come back', async () => {
      if (!keepsTotals()) return
      for (const change of [
        { action: 'deleteAttribute', attribute: PM10, all: true },
        { action: 'delete' },
      ] as const) {
        const id = `urn:r:erased-${change.action}`
        await commit(append(id, [property(1, { observedAt: START })]))
        await retain()
        expect(await told(id, [START, NOW])).to.have.length(1)
        const [result] = await commit(evolve(id, change))
        expect(result?.outcome).to.equal('kept')
        await retain()
        expect(await told(id, [START, NOW])).to.deep.equal([])
        expect(await store.condensed(DEFAULT_TENANT, id, {})).to.deep.equal([])
      }
    })

    it('adds up with what is there, whatever came late, twice, corrected or was deleted', async () => {
      let cases = 0
      await fc.assert(
        fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 14 }), bounds, async (actions, asked) => {
          const id = `urn:r:model-${++cases}`
          const model = new EvolutionModel(id)
          const condensed = new CondensedModel()
          now = NOW
          for (const [at, step] of actions.entries()) {
            if (step.do === 'rollUp' && store instanceof SqliteStore) await store.rollUp()
            if (step.do === 'retain') {
              now += step.pick * 6 * HOUR
              condensed.take(model, now)
              await retain()
            }
            const unit = await unitOf(id, step, at)
            if (!unit || condensed.holds(unit)) continue
            const [result] = await commit(unit)
            if (result?.outcome === 'kept') model.apply(unit)
          }
          const query = { order: 'oldest', perAttribute: 10_000 } as const
          expect(plain(await instances(id))).to.deep.equal(plain(model.instances(query)))
          if (keepsTotals()) {
            const numbers = [...condensed.numbers(), ...numbersOf(model.instances(query))]
            expectSums(await told(id, asked), sumsOf(numbers.flatMap(totalIn(asked))))
          }
        }),
        { numRuns: runs * 4, includeErrorInReport: true },
      )
    })

    async function unitOf(
      id: string,
      step: Step,
      at: number,
    ): Promise<EntityUnit | EvolutionUnit | undefined> {
      if (step.do === 'retain' || step.do === 'rollUp') return undefined
      const made = step.instances.map((one) => ({ ...one, createdAt: NOW, modifiedAt: NOW + at }))
      const [instance] = made
      const stored = await store.read(DEFAULT_TENANT, id)
      if (step.do === 'append' || !instance) return append(id, made)
      if (step.do === 'put') {
        const before = stored && JSON.parse(stored.text)
        const members = { attributes: { [PM10]: [instance] }, modifiedAt: NOW + at }
        return put(entity(id, members), stored?.version ?? 0, before)
      }
      if (step.do === 'remove') return stored && remove(JSON.parse(stored.text), stored.version, NOW + at)
      const all = (await instances(id)).filter(({ attribute }) => attribute === PM10)
      const chosen = all[step.pick % Math.max(1, all.length)]
      if (!chosen) return undefined
      const place = { attribute: PM10, instanceId: chosen.instanceId }
      if (step.do === 'deleteInstance') return evolve(id, { action: 'deleteInstance', ...place })
      return evolve(id, { action: 'replaceInstance', ...place, instance })
    }
  })
}

/** A number at an instant. */
interface Told {
  readonly time: Micros
  readonly datasetId?: string
  readonly value: number
}

/** A total and the place of its period. */
type PlacedTotal = Omit<PeriodTotal, 'period'> & { readonly period: number }
type Sums = PlacedTotal & { readonly magnitude: number }

/** What was removed, as far as totals still tell of it: each number when its hour began, or once only days are told its day. */
class CondensedModel {
  readonly #places = new Set<string>()
  #numbers: readonly Told[] = []
  #hoursFrom = Number.NEGATIVE_INFINITY

  take(model: EvolutionModel, now: Micros): void {
    const horizon = horizonOf(RULES, { types: [TYPE], attribute: PM10 }, now)
    if (!horizon) throw new Error('Rules are about nothing')
    const removed = model.removeBefore(horizon.instances * DAY)
    const numbers = numbersOf(removed)
    for (const { time, datasetId } of numbers) this.#places.add(`${time} ${datasetId}`)
    this.#numbers = [...this.#numbers, ...numbers].filter(({ time }) => time >= horizon.daily * DAY)
    this.#hoursFrom = horizon.hourly * DAY
  }

  /** Tells whether a unit brings another value of what was removed, which cannot be told from a new one. */
  holds(unit: EntityUnit | EvolutionUnit): boolean {
    const brought =
      unit.collection === 'entity'
        ? unit.change.attributes.flatMap(({ after }) => after ?? [])
        : unit.change.action === 'append'
          ? unit.change.instances.map(({ instance }) => instance)
          : unit.change.action === 'replaceInstance'
            ? [unit.change.instance]
            : []
    return brought.some(({ observedAt, datasetId }) => this.#places.has(`${observedAt} ${datasetId}`))
  }

  numbers(): readonly Told[] {
    return this.#numbers.map((number) => {
      const length = number.time < this.#hoursFrom ? DAY : HOUR
      return { ...number, time: Math.floor(number.time / length) * length }
    })
  }
}

function numbersOf(instances: readonly HistoryInstance[]): readonly Told[] {
  return instances.flatMap(({ attribute, observedAt, datasetId, deletedAt, text }) => {
    const { value }: Instance = JSON.parse(text ?? '{}')
    if (attribute !== PM10 || observedAt === undefined || deletedAt !== undefined) return []
    return typeof value === 'number'
      ? [{ time: observedAt, value, ...(datasetId !== undefined && { datasetId }) }]
      : []
  })
}

/** Answers the total of a number alone in the period that it is in. */
function totalIn(bounds: readonly Micros[]): (number: Told) => readonly PlacedTotal[] {
  return ({ time, value, ...dataset }) => {
    const period = bounds.findLastIndex((bound) => bound <= time)
    if (period < 0 || period === bounds.length - 1) return []
    return [{ ...dataset, period, count: 1, sum: value, sumsq: value * value, min: value, max: value }]
  }
}

function sumsOf(totals: readonly PlacedTotal[]): readonly Sums[] {
  const sums = new Map<string, Sums>()
  for (const total of totals) {
    const key = `${String(total.period).padStart(3, '0')} ${total.datasetId ?? ''}`
    const known = sums.get(key)
    const magnitude = (known?.magnitude ?? 0) + Math.abs(total.sum)
    if (!known) sums.set(key, { ...total, magnitude })
    else {
      sums.set(key, {
        ...known,
        count: known.count + total.count,
        sum: known.sum + total.sum,
        sumsq: known.sumsq + total.sumsq,
        min: Math.min(known.min, total.min),
        max: Math.max(known.max, total.max),
        magnitude,
      })
    }
  }
  return [...sums].sort(([left], [right]) => (left < right ? -1 : 1)).map(([, each]) => each)
}

function expectSums(found: readonly PlacedTotal[], expected: readonly Sums[]): void {
  const exact = (totals: readonly PlacedTotal[]) =>
    totals.map(({ datasetId, period, count, min, max }) => ({ datasetId, period, count, min, max }))
  expect(exact(found)).to.deep.equal(exact(expected))
  for (const [at, { sum, sumsq }] of found.entries()) {
    const wanted = expected[at]
    expect(sum).to.be.closeTo(wanted?.sum ?? 0, (wanted?.magnitude ?? 0) * TOLERANCE)
    expect(sumsq).to.be.closeTo(wanted?.sumsq ?? 0, (wanted?.sumsq ?? 0) * TOLERANCE)
  }
}

function plain(all: readonly HistoryInstance[]): readonly object[] {
  return all.map(({ text, ...instance }) => ({ ...instance, instance: JSON.parse(text ?? '{}') }))
}

interface Step {
  readonly do: 'append' | 'put' | 'remove' | 'rollUp' | 'retain' | 'deleteInstance' | 'replaceInstance'
  readonly instances: readonly Omit<Instance, 'createdAt' | 'modifiedAt'>[]
  readonly pick: number
}

const steps: fc.Arbitrary<Step> = fc.record({
  do: fc.constantFrom(
    ...(['append', 'append', 'append', 'put', 'put', 'rollUp', 'retain', 'retain'] as const),
    ...(['remove', 'deleteInstance', 'replaceInstance'] as const),
  ),
  instances: fc.array(
    fc.record(
      {
        kind: fc.constant('Property' as const),
        value: fc.oneof({ weight: 19, arbitrary: numbers }, { weight: 1, arbitrary: fc.constant('text') }),
        observedAt: instants,
        datasetId: fc.constant('urn:d:1'),
        attributes: fc.constant({ [PM10]: [property('quality')] }),
      },
      { requiredKeys: ['kind', 'value', 'observedAt'] },
    ),
    { minLength: 1, maxLength: 10 },
  ),
  pick: fc.nat({ max: 12 }),
})

const bounds = fc
  .uniqueArray(instants, { minLength: 2, maxLength: 8 })
  .map((list) => list.sort((left, right) => left - right))
