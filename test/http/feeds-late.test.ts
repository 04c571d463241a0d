import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import type { RunningHub } from '../../broker/main.ts'
import { uncovered } from '../support/hub-process.ts'
import { IMPLAUSIBLE, realReadings } from '../support/real-readings.ts'
import {
  airQualityTable,
  ask,
  entitiesOf,
  feedFolder,
  heldRoad,
  historyOf,
  inFolder,
  load,
  startFeedHub,
} from './feed-hub.ts'

const CSV = feedFolder('air-quality-csv')
const feedFile = path.join(CSV, 'feed.yaml')
const SAMPLE = path.join(CSV, 'samples/thai-nguyen')

async function withHub<T>(task: (hub: RunningHub) => Promise<T>): Promise<T> {
  const hub = await startFeedHub()
  try {
    return await task(hub)
  } finally {
    await hub.stop()
  }
}

/** Entities without their history, as they are shown with the times of the system. */
async function state(hub: RunningHub): Promise<unknown> {
  return (await ask(`${hub.url}/ngsi-ld/v1/entities?type=AirQualityObserved&options=sysAttrs`)).body
}

async function history(hub: RunningHub): Promise<unknown[][]> {
  const ids = (await entitiesOf(hub)).map(({ id }) => String(id))
  return (await historyOf(hub, ids)) as unknown[][]
}

/** Values of pm25 that history keeps of the only station, oldest first. */
async function pm25(hub: RunningHub): Promise<unknown[]> {
  const [instances] = (await history(hub)) as [unknown[][]]
  return instances
    .filter(([attribute]) => String(attribute).endsWith('/pm25'))
    .sort((left, right) => Number(left[2]) - Number(right[2]))
    .map((instance) => instance[3])
}

/** How many changes the hub has logged after one, and which is the last. */
async function loggedAfter(hub: RunningHub, first: number): Promise<readonly [count: number, last: number]> {
  let [count, last] = [0, first]
  for (;;) {
    const records = await hub.store.log(DEFAULT_TENANT, last, 1000)
    if (records.length === 0) return [count, last]
    count += records.length
    last = records.at(-1)?.sequence ?? last
  }
}

/** How many changes the hub has logged. */
const logged = async (hub: RunningHub): Promise<number> => (await loggedAfter(hub, 0))[0]

describe('feeds: observations that come late', () => {
  const [MAY, APRIL, MARCH] = ['2025-05-01', '2025-04-01', '2025-03-01'] as const

  /** Loads tables one after the other; answers what the last came to. */
  async function loadTables(hub: RunningHub, tables: readonly string[]) {
    const summaries: Awaited<ReturnType<typeof load>>[] = []
    await inFolder(async (folder) => {
      for (const [at, text] of tables.entries()) {
        const file = path.join(folder, `${at}.csv`)
        await writeFile(file, text)
        summaries.push(await load(hub.url, { feedFile, inputs: [file] }))
      }
    })
    return summaries.at(-1)
  }

  it('go into history and leave the state as it is', () =>
    withHub(async (hub) => {
      await loadTables(hub, [airQualityTable(MAY, [30, 31])])
      const before = await state(hub)
      const late = await loadTables(hub, [airQualityTable(APRIL, [20, 21])])
      expect(late).to.deep.equal({ read: 2, written: 2, unchanged: 0, quarantined: {} })
      expect(await state(hub)).to.deep.equal(before)
      expect(await pm25(hub)).to.deep.equal([20, 21, 30, 31])
    }))

  it('end the same whatever the order in which they come', async () => {
    const tables = [
      airQualityTable(MARCH, [1, 2]),
      airQualityTable(APRIL, [3, 4]),
      airQualityTable(MAY, [5, 6]),
    ] as const
    const orders = [
      [0, 1, 2],
      [2, 1, 0],
      [1, 2, 0],
    ] as const
    const ends = []
    for (const order of orders) {
      ends.push(
        await withHub(async (hub) => {
          await loadTables(
            hub,
            order.map((at) => tables[at]),
          )
          return [await entitiesOf(hub), await pm25(hub)]
        }),
      )
    }
    expect(ends[0]?.[1]).to.deep.equal([1, 2, 3, 4, 5, 6])
    expect(ends[1]).to.deep.equal(ends[0])
    expect(ends[2]).to.deep.equal(ends[0])
  })

  it('are not sent again when a table that grows repeats them', () =>
    withHub(async (hub) => {
      await loadTables(hub, [airQualityTable(MAY, [30])])
      await loadTables(hub, [airQualityTable(APRIL, [20, 21])])
      const before = await logged(hub)
      const grown = await loadTables(hub, [airQualityTable(APRIL, [20, 21, 22])])
      expect(grown).to.deep.equal({ read: 3, written: 1, unchanged: 2, quarantined: {} })
      expect(await logged(hub)).to.equal(before + 1)
      expect(await pm25(hub)).to.deep.equal([20, 21, 22, 30])
    }))

  it('replace each other in history when a value is corrected, there and back', () =>
    withHub(async (hub) => {
      await loadTables(hub, [
        airQualityTable(MAY, [30]),
        airQualityTable(APRIL, [20]),
        airQualityTable(APRIL, [25]),
      ])
      expect(await pm25(hub)).to.deep.equal([25, 30])
      const back = await loadTables(hub, [airQualityTable(APRIL, [20, 21])])
      expect(back).to.deep.include({ written: 2, unchanged: 0 })
      expect(await pm25(hub)).to.deep.equal([20, 21, 30])
    }))

  it('do not bring back old values that have no time', () =>
    withHub(async (hub) => {
      await inFolder(async (folder) => {
        const feed = path.join(folder, 'feed.yaml')
        await writeFile(feed, GATES)
        const take = async (name: string, record: object) => {
          await writeFile(path.join(folder, name), JSON.stringify([record]))
          return load(hub.url, { feedFile: feed, inputs: [path.join(folder, name)] })
        }
        await take('1.json', { name: 'new', free: 5, at: '2025-05-01T00:00:00Z' })
        const late = await take('2.json', { name: 'old', free: 4, at: '2025-04-01T00:00:00Z', note: 'n' })
        expect(late).to.deep.include({ written: 1, quarantined: {} })
        const [entity] = await entitiesOf(hub)
        expect(entity).to.have.nested.property('name.value', 'new')
        expect(entity).to.have.nested.property('availableSpotNumber.value', 5)
        expect(entity).to.have.nested.property('description.value', 'n')
      })
    }))
})

const GATES = `name: gates
title: Gates
source: urn:ngsi-ld:Feed:thai-nguyen:gates
dataProvider: Gates
transport: { kind: directory, path: ., pattern: '*.json' }
format: { kind: json }
mapping:
  expression: |
    { 'id': 'urn:ngsi-ld:OffStreetParking:gate', 'type': 'OffStreetParking',
      'name': { 'type': 'Property', 'value': name },
      'description': note ? { 'type': 'Property', 'value': note },
      'availableSpotNumber': { 'type': 'Property', 'value': free, 'observedAt': $time(at) } }
`

/** Runs `hub ingest` as a process of its own and kills it when the hub has logged so many more changes. */
async function killedLoad(hub: RunningHub, input: string, more: number): Promise<void> {
  const [, before] = await loggedAfter(hub, 0)
  const road = await heldRoad(hub.url, async () => (await loggedAfter(hub, before))[0] >= more)
  const program = fileURLToPath(new URL('../../broker/cli/main.js', import.meta.url))
  const given = ['ingest', '--adapter', feedFile, '--hub', road.url, '--account', '', input]
  const child = spawn(process.execPath, [program, ...given], { env: uncovered, stdio: 'ignore' })
  const ended = once(child, 'exit')
  await Promise.race([road.held, ended])
  child.kill('SIGKILL')
  expect(await ended).to.deep.equal([null, 'SIGKILL'])
  road.close()
}

describe('feeds: a load that is killed', () => {
  /** What the hub holds after a load: killed after so many changes and run again, or not. */
  const outcome = (newer: string | undefined, input: string, killAfter?: number) =>
    withHub(async (hub) => {
      if (newer !== undefined) await load(hub.url, { feedFile, inputs: [newer] })
      const before = await logged(hub)
      if (killAfter !== undefined) await killedLoad(hub, input, killAfter)
      const changes = (await logged(hub)) - before
      const summary = await load(hub.url, { feedFile, inputs: [input] })
      return { changes, summary, end: { entities: await entitiesOf(hub), history: await history(hub) } }
    })

  for (const [title, newer] of [
    ['an empty hub', undefined],
    ['a hub that holds newer observations', SAMPLE],
  ] as const) {
    it(`ends with the same entities and history in ${title}`, () =>
      inFolder(async (folder) => {
        const input = path.join(folder, 'february.csv')
        const values = Array.from({ length: 450 }, (_, hour) => hour)
        await writeFile(input, airQualityTable('2025-02-01', values))
        const whole = await outcome(newer, input)
        const killed = await outcome(newer, input, 120)
        expect(killed.changes).to.be.within(120, 449)
        expect(killed.end).to.deep.equal(whole.end)
        expect(whole.summary).to.deep.include({ read: 450, written: 450 })
        expect(killed.summary).to.deep.include({ read: 450, quarantined: {} })
        expect(killed.end.history[0]).to.have.length.above(450 * 4)
      }))
  }

  it('ends with the same for a month of readings (SKIPPED without HUB_TEST_DATA)', async function () {
    const data = process.env.HUB_TEST_DATA
    if (data === undefined) this.skip()
    const input = path.join(data, 'data/thai-nguyen/air-quality/aqi_thai-nguyen_2025_feb.csv')
    const whole = await outcome(SAMPLE, input)
    const killed = await outcome(SAMPLE, input, 150)
    expect(killed.changes).to.be.within(150, 528)
    expect(killed.end).to.deep.equal(whole.end)
    expect(killed.summary).to.deep.include({ read: 529, written: 529 })
  })
})

describe('feeds: months of readings that come late', () => {
  it('are all in history, once, and change no state (SKIPPED without HUB_TEST_DATA)', async function () {
    const readings = realReadings()
    if (readings === undefined) this.skip()
    const { folder, count, pm25: numbers } = readings
    await withHub(async (hub) => {
      await load(hub.url, { feedFile, inputs: [SAMPLE] })
      const [before, sample] = [await state(hub), await pm25(hub)]
      const options = { feedFile, inputs: [folder] }
      const first = await load(hub.url, options)
      expect(first).to.deep.equal({
        read: count,
        written: count,
        unchanged: 0,
        quarantined: { implausible: IMPLAUSIBLE },
      })
      expect(await state(hub)).to.deep.equal(before)
      expect(sample).to.have.length.above(0)
      expect(await pm25(hub)).to.have.length(numbers + sample.length)
      const [changes, kept] = [await logged(hub), await history(hub)]
      const again = await load(hub.url, options)
      expect(again).to.deep.equal({ read: count, written: 0, unchanged: count, quarantined: {} })
      expect(await logged(hub)).to.equal(changes)
      expect(await state(hub)).to.deep.equal(before)
      expect(await history(hub)).to.deep.equal(kept)
    })
  })
})
