import { expect } from 'chai'
import fc from 'fast-check'
import type { Instance } from '../../broker/core/model/entity.ts'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import type {
  AggregateQuery,
  EvolutionChange,
  EvolutionStore,
  EvolutionUnit,
  PeriodTotal,
} from '../../broker/store/port/evolution.ts'
import type { EntityUnit, Store } from '../../broker/store/port/store.ts'
import { SqliteStore } from '../../broker/store/sqlite/sqlite-store.ts'
import { entity, NOW, PM10, property, put, remove, TYPE } from '../support/store-builders.ts'
import { type OpenedStore, SQLITE } from '../support/stores.ts'

const HOUR = 3_600_000_000
const DAY = 24 * HOUR
/** Sums may differ from those of the numbers one by one by so much of the sum of their magnitudes. */
const TOLERANCE = 1e-12
/** Four days before NOW: all but what is at or after NOW is of finished days. */
const START = NOW - 4 * DAY

/** Stores that keep totals. */
const stores = [SQLITE]

for (const { name, open, runs } of stores) {
  describe(`${name}: totals of periods`, () => {
    let opened: OpenedStore
    let store: Store
    before(async () => {
      opened = await open(() => NOW + HOUR)
      store = opened.store
    })
    after(() => opened.close())

    const commit = (...units: readonly (EntityUnit | EvolutionUnit)[]) => store.commit(DEFAULT_TENANT, units)
    const totals = (id: string, query: Partial<AggregateQuery> = {}) =>
      store.aggregates(DEFAULT_TENANT, id, { attribute: PM10, bounds: [START, NOW], ...query })
    const settle = async () => {
      if (opened.store instanceof SqliteStore) await opened.store.rollUp()
    }
    const instances = (id: string) =>
      store.instances(DEFAULT_TENANT, id, { attributes: [PM10], order: 'oldest', perAttribute: 10_000 })

    it('are those of the numbers one by one, before and after they are summed up', async () => {
      const id = 'urn:ngsi-ld:T:totals'
      const hours = Array.from({ length: 24 * 5 }, (_, at) =>
        property(at, { observedAt: START + at * HOUR + 1 }),
      )
      await commit(append(id, hours))
      const days = [0, 1, 2, 3, 4, 5].map((day) => START + day * DAY)
      const expected = [0, 1, 2, 3, 4].map((period) => {
        const values = Array.from({ length: 24 }, (_, at) => period * 24 + at)
        return {
          period,
          count: 24,
          sum: values.reduce((sum, value) => sum + value, 0),
          sumsq: values.reduce((sum, value) => sum + value * value, 0),
          min: period * 24,
          max: period * 24 + 23,
        }
      })
      for (const summedUp of [false, true]) {
        if (summedUp) await settle()
        expect(await totals(id, { bounds: days })).to.deep.equal(expected)
        expect(await totals(id, { bounds: [START + 90 * 60_000_000, START + 5 * HOUR] })).to.deep.equal([
          { period: 0, count: 3, sum: 2 + 3 + 4, sumsq: 4 + 9 + 16, min: 2, max: 4 },
        ])
      }
    })

    it('are told by datasetId, of those that are asked for', async () => {
      const id = 'urn:ngsi-ld:T:totals-datasets'
      const observedAt = START + 5
      await commit(
        append(id, [property(1, { observedAt }), property(2, { observedAt, datasetId: 'urn:d:1' })]),
      )
      const one = { period: 0, count: 1, sum: 1, sumsq: 1, min: 1, max: 1 }
      const two = { period: 0, count: 1, sum: 2, sumsq: 4, min: 2, max: 2, datasetId: 'urn:d:1' }
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
            expect(await totals(id, { bounds: [START + 2, NOW] })).to.deep.equal([])
          }
        }
      }
    })

    it('have nothing of what has no observedAt, was deleted, or was never there', async () => {
      const id = 'urn:ngsi-ld:T:totals-none'
      const state = entity(id)
      await commit(put(state), remove(state, 'previous', NOW - 5))
      expect(await totals(id, { bounds: [0, NOW + DAY] })).to.deep.equal([])
      expect(await totals('urn:ngsi-ld:T:never')).to.deep.equal([])
      expect(await totals(id, { bounds: [START] })).to.deep.equal([])
    })

    it('are those of the instances, whatever came late, twice, corrected or was deleted', async () => {
      let cases = 0
      let told = 0
      await fc.assert(
        fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 12 }), bounds, async (actions, asked) => {
          const id = `urn:ngsi-ld:T:totals-model-${++cases}`
          for (const [at, step] of actions.entries()) {
            if (step.do === 'rollUp') await settle()
            else {
              const unit = await unitOf(id, step, at)
              if (unit) await commit(unit)
            }
          }
          const found = await totals(id, { bounds: asked })
          const expected = totalsOf(await instances(id), asked)
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
        }),
        { numRuns: runs * 3 },
      )
      expect(told).to.be.above(cases / 2)
    })

    async function unitOf(
      id: string,
      step: Step,
      at: number,
    ): Promise<EntityUnit | EvolutionUnit | undefined> {
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
    | 'put'
    | 'remove'
    | 'rollUp'
    | 'deleteInstance'
    | 'replaceInstance'
    | 'deleteAttribute'
  readonly instances: readonly Omit<Instance, 'createdAt' | 'modifiedAt'>[]
  readonly pick: number
}

/** Few instants, so that they meet again, also where hours and days begin. */
const instants = fc.oneof(
  fc.integer({ min: 0, max: 5 * 24 }).map((hour) => START + hour * HOUR),
  fc.integer({ min: 0, max: 5 * 24 * 4 }).map((quarter) => START + (quarter * HOUR) / 4 + 1),
)

/** Some are closer to 0 than what columns hold: then only the instances tell. */
const numbers = fc
  .double({ min: -1e9, max: 1e9, noNaN: true })
  .map((value) => (Math.abs(value) < 1e-100 ? 0 : value))

const steps: fc.Arbitrary<Step> = fc.record({
  do: fc.constantFrom(
    ...(['append', 'append', 'append', 'put', 'put', 'rollUp', 'rollUp'] as const),
    ...(['remove', 'deleteInstance', 'replaceInstance', 'deleteAttribute'] as const),
  ),
  instances: fc.array(
    fc.record(
      {
        kind: fc.constant('Property' as const),
        value: fc.oneof({ weight: 99, arbitrary: numbers }, { weight: 1, arbitrary: fc.constant('text') }),
        observedAt: instants,
        datasetId: fc.constant('urn:d:1'),
      },
      { requiredKeys: ['kind', 'value', 'observedAt'] },
    ),
    { minLength: 1, maxLength: 10 },
  ),
  pick: fc.nat({ max: 30 }),
})

const bounds = fc
  .uniqueArray(instants, { minLength: 2, maxLength: 8 })
  .map((list) => list.sort((left, right) => left - right))

/** What a plain loop over the instances makes of periods. */
function totalsOf(
  instances: Awaited<ReturnType<EvolutionStore['instances']>>,
  asked: readonly number[],
): readonly (PeriodTotal & { readonly magnitude: number })[] {
  const found = new Map<string, PeriodTotal & { readonly magnitude: number }>()
  for (const { datasetId, observedAt, text } of instances) {
    const period = asked.findIndex(
      (bound, at) => observedAt !== undefined && observedAt >= bound && observedAt < (asked[at + 1] ?? bound),
    )
    if (period < 0) continue
    const { value }: { value: number } = JSON.parse(text ?? '')
    const key = `${String(period).padStart(3, '0')} ${datasetId ?? ''}`
    const { count = 0, sum = 0, sumsq = 0, magnitude = 0, min = value, max = value } = found.get(key) ?? {}
    found.set(key, {
      ...(datasetId !== undefined && { datasetId }),
      period,
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

function evolve(id: string, change: EvolutionChange): EvolutionUnit {
  return { collection: 'evolution', id, at: NOW, origin: { by: 'tester' }, change }
}

function append(id: string, instances: readonly Instance[]): EvolutionUnit {
  const made = instances.map((instance) => ({ attribute: PM10, instance }))
  return evolve(id, { action: 'append', needs: 'either', types: [TYPE], instances: made })
}
