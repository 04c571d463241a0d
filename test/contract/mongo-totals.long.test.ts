import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import type { MongoStore } from '../../broker/store/mongodb/mongo-store.ts'
import { openMongoStore } from '../../broker/store/mongodb/open-mongo-store.ts'
import type { EvolutionUnit } from '../../broker/store/port/evolution.ts'
import type { HistoryInstance } from '../../broker/store/port/store.ts'
import { type CapableMongo, missingCapableMongo, startCapableMongo } from '../support/capable-mongo.ts'
import { dropDatabase } from '../support/mongodb-server.ts'
import { DAY, MINUTE, START } from '../support/random-history.ts'
import { append, evolve, NOW, PM10, property } from '../support/store-builders.ts'

const missing = missingCapableMongo()
const ROUNDS = 60
const IDS = ['urn:r:1', 'urn:r:2', 'urn:r:3']
const DAILY = {
  attribute: PM10,
  window: { from: START, to: NOW + DAY },
  periods: { start: START, length: { months: 0, micros: DAY } },
}

describe('MongoDB: totals while several processes write and one sums up', () => {
  if (missing !== undefined) {
    it.skip(`SKIPPED: no server for several processes (${missing})`)
    return
  }
  const database = `hub-test-race-${process.pid}`
  let server: CapableMongo
  let stores: readonly MongoStore[]
  before(async function () {
    this.timeout(60_000)
    server = await startCapableMongo()
    const open = () => openMongoStore({ url: server.url, database, clock: () => NOW + DAY })
    stores = [await open(), await open(), await open()]
  })
  after(async () => {
    for (const store of stores) await store.close()
    await dropDatabase(server.url, database)
    await server.close()
  })

  it('are those of the instances after each write that was answered, whoever is asked', async function () {
    this.timeout(180_000)
    const [one, other, summing] = stores as [MongoStore, MongoStore, MongoStore] // as they were opened
    let ended = false
    const upkeep = (async () => {
      while (!ended) await summing.sumUp()
    })()
    let compared = 0
    const writing = IDS.map(async (id, first) => {
      await commit(one, everyDay(id))
      for (let round = first; round < ROUNDS; round++) {
        const writer = round % 2 === 0 ? one : other
        await commit(writer, unitOf(id, round, await instances(writer, id)))
        for (const reader of [one, other]) {
          const [found] = await reader.aggregates(DEFAULT_TENANT, [id], DAILY)
          const days = found?.map(({ period, count, sum }) => [period?.from, count, sum])
          expect(days, `${id} ${round}`).to.deep.equal(daysOf(await instances(reader, id)))
          compared++
        }
      }
    })
    try {
      await Promise.all(writing)
    } finally {
      ended = true
      await upkeep
    }
    expect(compared).to.equal(2 * (3 * ROUNDS - 3))
  })
})

function commit(store: MongoStore, unit: EvolutionUnit) {
  return store.commit(DEFAULT_TENANT, [unit])
}

function instances(store: MongoStore, id: string): Promise<readonly HistoryInstance[]> {
  return store.instances(DEFAULT_TENANT, id, { attributes: [PM10], order: 'oldest', perAttribute: 10_000 })
}

/** Numbers on four days that are over. */
function everyDay(id: string): EvolutionUnit {
  const numbers = Array.from({ length: 60 }, (_, at) => property(at, { observedAt: timeOf(at) }))
  return append(id, numbers)
}

function timeOf(at: number): number {
  return START + (at % 4) * DAY + (at % 60) * 15 * MINUTE
}

/** Adds, replaces, moves or deletes something, all of it now and then. */
function unitOf(id: string, round: number, there: readonly HistoryInstance[]): EvolutionUnit {
  const instance = property(round, { observedAt: timeOf(round * 7) })
  const instanceId = there[(round * 13) % there.length]?.instanceId
  if (instanceId === undefined || round % 20 === 19)
    return there.length > 0 ? evolve(id, { action: 'deleteAttribute', attribute: PM10 }) : everyDay(id)
  if (round % 3 === 0) return append(id, [instance])
  const place = { attribute: PM10, instanceId }
  if (round % 3 === 1) return evolve(id, { action: 'replaceInstance', ...place, instance })
  return evolve(id, { action: 'deleteInstance', ...place })
}

function daysOf(all: readonly HistoryInstance[]): readonly (readonly number[])[] {
  const days = new Map<number, { count: number; sum: number }>()
  for (const { observedAt = 0, text = '{}' } of all) {
    const from = observedAt - ((observedAt - START) % DAY)
    const { count, sum } = days.get(from) ?? { count: 0, sum: 0 }
    days.set(from, { count: count + 1, sum: sum + Number(JSON.parse(text).value) })
  }
  return [...days].map(([from, { count, sum }]) => [from, count, sum])
}
