import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'chai'
import { MongoClient } from 'mongodb'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import type { MongoStoreOptions } from '../../broker/store/mongodb/mongo-store-options.ts'
import { openMongoStore } from '../../broker/store/mongodb/open-mongo-store.ts'
import { BEAT_MILLISECONDS } from '../../broker/store/mongodb/processes/presence.ts'
import type { Guarantees } from '../../broker/store/mongodb/processes/probe-guarantees.ts'
import {
  FILLING,
  type Scratch,
  updatesAtomically,
} from '../../broker/store/mongodb/processes/probe-guarantees.ts'
import type { Duty, Processes } from '../../broker/store/port/processes.ts'
import type { Store } from '../../broker/store/port/store.ts'
import { missingCapableMongo, startCapableMongo } from '../support/capable-mongo.ts'
import { logLines, startTestHub } from '../support/hub.ts'
import { startMongoLink } from '../support/mongo-link.ts'
import { type MongoServer, missingMongo, startMongo } from '../support/mongodb-server.ts'
import { append, entity, NOW, property, put } from '../support/store-builders.ts'
import { until } from '../support/until.ts'

/** A process on the database, as far as a test goes. */
interface Joined {
  readonly store: Store
  readonly processes: Processes
  readonly found: Guarantees
  lost: boolean
}

const DAY = 86_400_000_000
let databases = 0

/** Suites of processes on one server. */
function onServer(start: () => Promise<MongoServer>) {
  let server: MongoServer
  let client: MongoClient
  let database: string
  let joined: Joined[] = []
  before(async () => {
    server = await start()
    client = await new MongoClient(server.url).connect()
  })
  after(async () => {
    await client.close()
    await server.close()
  })
  beforeEach(() => {
    database = `hub-test-processes-${process.pid}-${++databases}`
  })
  afterEach(async () => {
    for (const { store, processes } of joined) {
      await processes.leave()
      await store.close()
    }
    joined = []
    await client.db(database).dropDatabase()
  })
  const join = async (options: Pick<MongoStoreOptions, 'clock' | 'retention'> = {}): Promise<Joined> => {
    const store = await openMongoStore({ url: server.url, database, ...options })
    const told: { found?: Guarantees } = {}
    try {
      const processes = await store.join({
        found: (guarantees) => {
          told.found = guarantees
        },
        lost: () => {
          one.lost = true
        },
        failed: () => undefined,
      })
      if (!told.found) throw new Error('Nobody was told what the server guarantees')
      const one: Joined = { store, processes, found: told.found, lost: false }
      joined.push(one)
      return one
    } catch (error) {
      await store.close()
      throw error
    }
  }
  return { join, inDatabase: () => client.db(database), at: () => ({ url: server.url, database }) }
}

/** A duty that says when it begins and ends. */
function noted(name: string, course: string[]): Duty {
  return {
    start: () => void course.push(`${name} begins`),
    stop: () => void course.push(`${name} ends`),
  }
}

describe('several processes on a server that guards concurrent updates', () => {
  const missing = missingCapableMongo()
  if (missing !== undefined) {
    it.skip(`SKIPPED: several processes (${missing})`)
    return
  }
  const { join, inDatabase, at } = onServer(startCapableMongo)

  it('sees what the server guarantees', async () => {
    const { found, processes } = await join()
    expect(found).to.include({ atomicUpdates: true, uniqueKeys: true, majorityReads: true })
    expect(processes.alone).to.equal(false)
  })

  it('has each duty done by one, and by another as soon as that one leaves', async () => {
    const course: string[] = []
    const [first, second] = [await join(), await join()]
    await first.processes.share('a', noted('first', course))
    await second.processes.share('a', noted('second', course))
    expect(course).to.deep.equal(['first begins'])
    expect([first.processes.has('a'), second.processes.has('a')]).to.deep.equal([true, false])
    await first.processes.leave()
    await until('the other one', () => course.length === 3, 10_000)
    expect(course).to.deep.equal(['first begins', 'first ends', 'second begins'])
    expect([first.processes.has('a'), second.processes.has('a')]).to.deep.equal([false, true])
  })

  it('has one of them shorten history, and another when that one leaves', async () => {
    const of = { clock: () => NOW, retention: () => [{ instances: DAY }] }
    const [first, second] = [await join(of), await join(of)]
    const { store } = second
    await store.commit(DEFAULT_TENANT, [append('urn:h', [property(1, { observedAt: NOW - 9 * DAY })])])
    const left = async () =>
      (await store.instances(DEFAULT_TENANT, 'urn:h', { order: 'oldest', perAttribute: 10 })).length
    expect([first, second].map(({ processes }) => processes.has('upkeep'))).to.deep.equal([true, false])
    expect(await left()).to.equal(1)
    await first.processes.leave()
    await until('history that is shorter', async () => (await left()) === 0, 10_000)
  })

  it('tells one that was taken for dead, whose duties are done by another', async () => {
    const course: string[] = []
    const [first, second] = [await join(), await join()]
    await first.processes.share('a', noted('first', course))
    await second.processes.share('a', noted('second', course))
    // as the second one does when the first is still for longer than it may be
    const [{ holder = '' } = {}] = await inDatabase()
      .collection<{ holder: string }>('leases')
      .find()
      .toArray()
    await inDatabase().collection<{ _id: string }>('processes').deleteOne({ _id: holder })
    await until('the second one', () => course.includes('second begins'), 10_000)
    await until('the first one to know', () => first.lost, 10_000)
    expect([first.lost, second.lost]).to.deep.equal([true, false])
  })

  it('has a hub say that nothing is remembered beside others on a sharded cluster', async () => {
    const { url, database } = at()
    const link = await startMongoLink(url, { asRouter: true })
    const direct = new URL(link.url)
    direct.search = 'directConnection=true'
    const told = []
    for (const staleness of [0, 500]) {
      logLines.length = 0
      const mongodb = { 'store.mongodb.url': direct.href, 'store.mongodb.database': database }
      const settings = { 'store.kind': 'mongodb', ...mongodb, 'store.mongodb.staleness': staleness }
      await startTestHub(settings).then((hub) => hub.stop())
      told.push(logLines.filter((line) => line.includes('store.mongodb.staleness does nothing')).length)
    }
    await link.close()
    expect(told).to.deep.equal([0, 1])
  })

  it('hears what others commit and tell, and not what it tells itself', async () => {
    const [first, second] = [await join(), await join()]
    const heard: string[] = []
    first.processes.hear('rules', () => heard.push('first'))
    second.processes.hear('rules', () => heard.push('second'))
    let grown = 0
    second.store.watch(({ tenant }) => {
      if (tenant === DEFAULT_TENANT) grown++
    })
    await first.store.commit(DEFAULT_TENANT, [put(entity('urn:a'), 0)])
    await until('the growth of the log', () => grown > 0, 10_000)
    await first.processes.tell('rules')
    await until('what was told', () => heard.length > 0, 10_000)
    expect(heard).to.deep.equal(['second'])
    expect(await second.store.log(DEFAULT_TENANT, 0, 10)).to.have.length(1)
  })

  it('hears of what was told before it listened', async () => {
    const [first, second] = [await join(), await join()]
    await first.processes.tell('rules')
    await first.processes.tell('end')
    let ended = false
    second.processes.hear('end', () => {
      ended = true
    })
    await until('what was told last', () => ended, 10_000)
    const heard: string[] = []
    second.processes.hear('rules', () => heard.push('rules'))
    second.processes.hear('others', () => heard.push('others'))
    expect(heard).to.deep.equal(['rules'])
  })

  it('has all hear of everything that one which died may not have lived to tell', async () => {
    const [first, second] = [await join(), await join()]
    const heard = new Set<string>()
    for (const [name, { processes, store }] of Object.entries({ first, second })) {
      processes.hear('rules', () => heard.add(`${name} hears of rules`))
      await store.logEnd(DEFAULT_TENANT)
      store.watch(() => heard.add(`${name} looks at the log`))
    }
    const dead = { _id: 'dead', host: 'elsewhere', pid: 1, beat: 7 }
    await inDatabase().collection<{ _id: string }>('processes').insertOne(dead)
    await until('all', () => heard.size === 4, 20_000)
  })
})

describe('several processes on a server that loses concurrent updates', () => {
  const missing = process.env.MONGODB_URL ? 'MONGODB_URL guards them' : missingMongo()
  if (missing !== undefined) {
    it.skip(`SKIPPED: a second process is refused (${missing})`)
    return
  }
  const { join, inDatabase } = onServer(startMongo)

  it('is seen to lose them', async () => {
    const scratch = inDatabase().collection<Scratch>('probe')
    await scratch.insertOne({ _id: 'x', version: 0, count: 0, filling: FILLING })
    expect(await updatesAtomically(scratch, 'x')).to.equal(false)
  })

  it('takes one process, which has every duty, and refuses a second one that says why', async () => {
    const course: string[] = []
    const { processes, found } = await join()
    await processes.share('a', noted('first', course))
    expect(processes.alone).to.equal(true)
    expect(course).to.deep.equal(['first begins'])
    const refusal = await join().then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : ''),
    )
    expect(refusal).to.contain(`has a hub already, process ${process.pid} on `)
    expect(refusal).to.contain('loses updates that come at once').and.to.contain(found.server)
    await processes.leave()
    await join()
  })

  it('begins each duty once, also one that is shared while the process looks for what is free', async () => {
    const { processes } = await join()
    const course: string[] = []
    const look = Date.now() + BEAT_MILLISECONDS
    await pause(0.9 * BEAT_MILLISECONDS)
    while (Date.now() < look + 250 && course.length < 200)
      await processes.share(`duty ${course.length}`, noted(String(course.length), course))
    expect(course).to.deep.equal(course.map((_, at) => `${at} begins`))
  })
})
