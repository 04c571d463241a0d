import { expect } from 'chai'
import { calculationOf } from '../../../broker/core/indicators/calculation.ts'
import type { Caller } from '../../../broker/core/model/caller.ts'
import type { Instance } from '../../../broker/core/model/entity.ts'
import { Problem } from '../../../broker/core/model/problem.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import { HOUR, type Micros } from '../../../broker/core/model/time.ts'
import type { RetentionRule } from '../../../broker/core/temporal/retention.ts'
import type { Indicator } from '../../../broker/operations/indicators/indicator.ts'
import { IndicatorRun } from '../../../broker/operations/indicators/indicator-run.ts'
import type { EvolutionChange } from '../../../broker/store/port/evolution.ts'
import type { Store } from '../../../broker/store/port/store.ts'
import { createLiveFeeds, type LiveFeeds } from '../../../broker/subscriptions/follow/live-feeds.ts'
import { OPEN_CALLER } from '../../../security/open-caller.ts'
import { entity, NOW, PM10, property, put, TYPE } from '../../support/store-builders.ts'
import { stores } from '../../support/store-kinds.ts'
import type { OpenedStore } from '../../support/stores.ts'
import { until } from '../../support/until.ts'

const STATION = 'urn:ngsi-ld:AirQualityObserved:1'
const TARGET = 'https://example.org/Average'
const VALUE = 'https://example.org/mean'
const DERIVED = `urn:ngsi-ld:Average:mean:${STATION}`
const AVERAGE = { kind: 'moving-average', hours: 2 } as const

/** NOW is a full hour: so many hours after it. */
const hours = (count: number): Micros => NOW + count * HOUR

for (const { name, open } of stores) {
  describe(`${name}: a running indicator`, () => {
    let opened: OpenedStore
    let store: Store
    let feeds: LiveFeeds
    let now: Micros
    let runs: IndicatorRun[]
    let failures: string[]
    let retention: RetentionRule[]

    beforeEach(async () => {
      retention = []
      opened = await open(() => now, undefined, retention)
      store = opened.store
      feeds = createLiveFeeds({
        store,
        failed: (error) => {
          throw error
        },
      })
      now = NOW
      runs = []
      failures = []
    })
    afterEach(async () => {
      await Promise.all(runs.map((run) => run.stop()))
      await feeds.stop()
      await opened.close()
    })

    function begin(caller: Caller = OPEN_CALLER, mine = () => Promise.resolve()) {
      const calculation = calculationOf(AVERAGE)
      if (!calculation) throw new Error('Calculation is not known')
      const indicator: Indicator = {
        name: 'mean',
        source: { type: TYPE, inputs: new Map([[PM10, 'value']]) },
        calculation,
        target: { type: TARGET, attribute: VALUE },
      }
      const run = new IndicatorRun(
        {
          ...{ store, feeds, caller, retention, mine },
          tenant: DEFAULT_TENANT,
          clock: () => now,
          expand: (term) => `https://example.org/${term}`,
          maxEntityBytes: 1_048_576,
          failed: (error, text) => failures.push(`${text}: ${error instanceof Error ? error.message : ''}`),
        },
        indicator,
      )
      runs.push(run)
      return { run, started: run.claim().then(() => run.start()) }
    }

    async function start(caller?: Caller): Promise<IndicatorRun> {
      const { run, started } = begin(caller)
      await started
      return run
    }

    async function measured(values: Readonly<Record<number, number>>): Promise<void> {
      const pairs = Object.entries(values).map(([at, value]) => [hours(Number(at)), value] as const)
      for (const [observedAt, value] of pairs) {
        const stored = await store.read(DEFAULT_TENANT, STATION)
        const before = stored && JSON.parse(stored.text)
        const next = entity(STATION, { attributes: { [PM10]: [property(value, { observedAt })] } })
        await store.commit(DEFAULT_TENANT, [put(next, stored?.version ?? 0, before)])
      }
    }

    async function change(of: EvolutionChange): Promise<void> {
      const [result] = await store.commit(DEFAULT_TENANT, [
        { collection: 'evolution', id: STATION, at: now, origin: { by: 'tester' }, change: of },
      ])
      expect(result?.outcome).to.equal('kept')
    }

    /** What was derived, by the hours after NOW. */
    async function derived(): Promise<Readonly<Record<number, unknown>>> {
      const instances = await store.instances(DEFAULT_TENANT, DERIVED, {
        attributes: [VALUE],
        window: { property: 'observedAt' },
        order: 'oldest',
        perAttribute: 100,
      })
      const values = instances.map(({ text }) => JSON.parse(text ?? '') as Instance)
      return Object.fromEntries(
        values.map(({ observedAt = 0, value }) => [(observedAt - NOW) / HOUR, value] as const),
      )
    }

    const derives = (expected: object) =>
      until(
        `derived ${JSON.stringify(expected)}`,
        async () => JSON.stringify(await derived()) === JSON.stringify(expected),
        30_000,
      )

    /** The same, while time goes by. */
    const rests = (expected: object) =>
      until(
        `derived ${JSON.stringify(expected)}`,
        async () => {
          now += 1_000_000
          return JSON.stringify(await derived()) === JSON.stringify(expected)
        },
        30_000,
      )

    /** An indicator that starts now begins anew. */
    async function forgetPlace(): Promise<void> {
      await store.commit(DEFAULT_TENANT, [
        { collection: 'indicator', id: 'mean', at: now, origin: { by: 'tester' }, logged: false },
      ])
    }

    /** While time goes by, since it is kept now and then how far the log is read. */
    const isRead = (end: number) =>
      until(
        `the log to be read up to ${end}`,
        async () => {
          now += 6_000_000
          const kept = await store.document(DEFAULT_TENANT, 'indicator', 'mean')
          return Number(kept?.document.position) >= end
        },
        30_000,
      )

    it('works out what changes concern, and nothing that has not ended', async () => {
      await start()
      now = hours(2.5)
      await measured({ 1: 10, 2: 20, 2.4: 90 })
      await derives({ 1: 10, 2: 15 })
    })

    it('leaves alone what was derived of readings that history does not keep any more', async () => {
      await start()
      now = hours(2.5)
      await measured({ 1: 10, 2: 20 })
      await derives({ 1: 10, 2: 15 })
      retention.push({ types: [TYPE], attributes: [PM10], instances: 24 * HOUR })
      now = hours(48.2)
      await (store as Store & { retain(): Promise<void> }).retain() // each of the stores has it
      await measured({ 1.5: 90, 24.5: 30, 25.5: 50, 47.5: 70 })
      // the day of the reading at 24.5 is kept, but not that of all readings of the period that ends at 25
      await derives({ 1: 10, 2: 15, 26: 40, 27: 50, 48: 70 })
    })

    it('works a period out when it ends, though nothing comes any more', async () => {
      await start()
      now = hours(1.5)
      await measured({ 0.9: 10, 1.2: 20 })
      await derives({ 1: 10 })
      now = hours(2)
      await derives({ 1: 10, 2: 15 })
      now = hours(4)
      await derives({ 1: 10, 2: 15, 3: 20 })
    })

    it('catches up with what was logged and what ended while it did not run', async () => {
      const run = await start()
      now = hours(1.5)
      await measured({ 0.9: 10, 1.2: 20 })
      await derives({ 1: 10 })
      await run.stop()
      now = hours(3.5)
      await measured({ 3.2: 60 })
      await start()
      await derives({ 1: 10, 2: 15, 3: 20 })
      now = hours(4)
      await derives({ 1: 10, 2: 15, 3: 20, 4: 60 })
    })

    it('writes nothing that is there already, though it begins again', async () => {
      const first = await start()
      now = hours(3)
      await measured({ 1: 10, 2: 20 })
      await derives({ 1: 10, 2: 15, 3: 20 })
      await first.stop()
      const place = await store.document(DEFAULT_TENANT, 'indicator', 'mean')
      expect(place?.document.position).to.be.above(0)
      await forgetPlace()
      const end = (await store.log(DEFAULT_TENANT, 0, 100)).at(-1)?.sequence ?? 0
      const second = await start()
      await isRead(end)
      await second.stop()
      expect(await store.log(DEFAULT_TENANT, end, 10)).to.deep.equal([])
      expect(await derived()).to.deep.equal({ 1: 10, 2: 15, 3: 20 })
    })

    it('stands where who took it over last says, whatever the one before still keeps', async () => {
      const former = await start()
      const latter = await start()
      now = hours(3)
      await measured({ 1: 10, 2: 20 })
      await derives({ 1: 10, 2: 15, 3: 20 })
      const stands = async () => (await store.document(DEFAULT_TENANT, 'indicator', 'mean'))?.version
      const isRefused = (failure: string) =>
        failure.includes('Indicator mean is worked out by another process')
      await until('the former one to be refused', () => failures.some(isRefused), 30_000)
      await latter.stop()
      const before = await stands()
      await former.stop()
      expect(await stands()).to.equal(before)
    })

    it('takes nothing from whoever took over while it was about to, and reads again what was kept meanwhile', async () => {
      let isPaused = () => {}
      const paused = new Promise<void>((resolve) => {
        isPaused = resolve
      })
      let goOn = () => {}
      const isMine = new Promise<void>((resolve) => {
        goOn = resolve
      })
      const { run, started } = begin(OPEN_CALLER, () => {
        isPaused()
        return isMine
      })
      await paused
      const other = await start()
      now = hours(3)
      await measured({ 1: 10, 2: 20 })
      await rests({ 1: 10, 2: 15, 3: 20 })
      await other.stop()
      expect(failures).to.deep.equal([])
      const stands = async () => (await store.document(DEFAULT_TENANT, 'indicator', 'mean'))?.document
      const before = await stands()
      goOn() // the other one has ended
      await started
      expect(await stands()).to.deep.equal(before)
      await run.stop()
      expect(failures).to.deep.equal([])
    })

    it('follows what is provisioned to history alone, and what is taken out of it', async () => {
      await start()
      now = hours(5)
      await measured({ 3: 30 })
      await derives({ 3: 30, 4: 30 })
      const instance = property(10, { observedAt: hours(1) })
      await change({
        action: 'append',
        needs: 'present',
        types: [],
        instances: [{ attribute: PM10, instance }],
      })
      await rests({ 1: 10, 2: 10, 3: 30, 4: 30 })
      const [first] = await store.instances(DEFAULT_TENANT, STATION, {
        attributes: [PM10],
        order: 'oldest',
        perAttribute: 1,
      })
      await change({ action: 'deleteInstance', attribute: PM10, instanceId: first?.instanceId ?? '' })
      await rests({ 3: 30, 4: 30 })
      await change({ action: 'delete' })
      await rests({})
      await until('the current value to be gone', async () => {
        const left = await store.read(DEFAULT_TENANT, DERIVED)
        return left === undefined || !Object.hasOwn(JSON.parse(left.text).attributes, VALUE)
      })
    })

    it('derives nothing of what it may not see in clear', async () => {
      const view = OPEN_CALLER.view(DEFAULT_TENANT)
      const blind: Caller = {
        ...OPEN_CALLER,
        view: () => ({ ...view, id: 'blind', unrestricted: false, treatment: () => 'absent' }),
      }
      const run = await start(blind)
      now = hours(2)
      await measured({ 1: 10 })
      await isRead(1)
      await run.stop()
      expect(await derived()).to.deep.equal({})
      await forgetPlace()
      await start()
      await derives({ 1: 10, 2: 10 })
    })

    it('tells that it may not write, and goes on', async () => {
      const powerless: Caller = {
        ...OPEN_CALLER,
        check: () => {
          throw new Problem('Forbidden', 'Policies do not let this caller update entities')
        },
      }
      const run = await start(powerless)
      now = hours(2)
      await measured({ 1: 10 })
      await until('a failure', () => failures.length > 0, 30_000)
      await run.stop()
      expect(await derived()).to.deep.equal({})
      expect(failures[0]).to.contain(`Indicator mean of ${STATION} is refused`)
    })
  })
}
