import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import { MongoStore } from '../../../broker/store/mongodb/mongo-store.ts'
import { parseEntity } from '../../../broker/store/port/change.ts'
import { everyInterleaving, type ModelCase } from '../../support/every-interleaving.ts'
import {
  type Answered,
  checkWhatIsLeft,
  ID,
  kept,
  OPTIONS,
  openStore,
  timeOf,
  type Work,
  write,
} from '../../support/kept-changes.ts'
import { SteppedServer } from '../../support/stepped-server.ts'
import { evolve, PM10, put, remove } from '../../support/store-builders.ts'

async function startProcess(server: SteppedServer) {
  const { client, wait, kill } = server.connect()
  const store = new MongoStore(client, OPTIONS)
  await store.open()
  return { store, wait, kill }
}

const deletion: Work = async (store, answered) => {
  const stored = await store.read(DEFAULT_TENANT, ID)
  if (!stored) return
  const result = await kept(store, remove(parseEntity(stored.text), stored.version, timeOf(99)))
  if (result) answered.set(result.version, 'deleted')
}

/** Erases history, or what was observed in it with smaller values, and sees to it that it is gone. */
const erasure =
  (below = Number.POSITIVE_INFINITY): Work =>
  async (store, answered) => {
    await commitErasure(below)(store, answered)
    await readLog(store, answered)
  }

const commitErasure =
  (below: number): Work =>
  async (store, answered) => {
    const isAll = below === Number.POSITIVE_INFINITY
    const what = { window: { property: 'observedAt', to: timeOf(below) } } as const
    const change = isAll ? ({ action: 'delete' } as const) : ({ action: 'erase', what } as const)
    const result = await kept(store, evolve(ID, change, timeOf(99)))
    if (result) answered.set(result.version, { below })
  }

/** Writes another value, and sees to it that the log has it. */
const logged =
  (value: number): Work =>
  async (store, answered) => {
    await write(value)(store, answered)
    await readLog(store, answered)
  }

/** Writes another scope beside the same value. */
const scoped: Work = async (store, answered) => {
  const stored = await store.read(DEFAULT_TENANT, ID)
  if (!stored) return
  const before = parseEntity(stored.text)
  const next = { ...before, scopes: ['/a'], modifiedAt: timeOf(98) }
  const result = await kept(store, put(next, stored.version, before))
  if (result) answered.set(result.version, Number(before.attributes[PM10]?.[0]?.value))
  await readLog(store, answered)
}

const readLog: Work = async (store) => {
  const records = await store.log(DEFAULT_TENANT, 0, 100)
  expect(records.map(({ sequence }) => sequence)).to.deep.equal(records.map((_, at) => at + 1))
}

/** Begins processes on what others left that ended before them. */
async function begin(before: SteppedServer, works: readonly Work[], known: Answered): Promise<ModelCase> {
  const server = before.copy()
  const answered = new Map(known)
  let left = works.length
  let failed: unknown
  for (const work of works) {
    const { store, wait, kill } = await startProcess(server)
    wait()
    void work(store, answered).then(
      () => {
        left--
        kill()
      },
      (error: unknown) => {
        failed = error
      },
    )
  }
  return {
    server,
    done: () => left === 0,
    check: async (isEnd) => {
      if (failed) throw failed
      await checkWhatIsLeft(server.copy(), new Map(answered), isEnd)
    },
  }
}

describe('MongoDB: commits and drains of several processes in every order', function () {
  this.timeout(600_000)
  /** What processes left that ended before they drained anything. */
  async function left(works: readonly Work[]): Promise<{ server: SteppedServer; known: Answered }> {
    const server = new SteppedServer()
    const known: Answered = new Map()
    await (await openStore(server)).close()
    for (const work of works) {
      const { store, wait, kill } = await startProcess(server)
      wait()
      void work(store, known).then(kill)
      while ((await server.waiting()).length > 0) server.turn(0)
    }
    return { server, known }
  }

  const once = [write(0)]
  const twice = [write(0), write(1)]
  const thrice = [...twice, write(2)]
  for (const [title, works, before, interruptions] of [
    ['two that create', [write(11), write(12)], []],
    ['two that update', [write(11), write(12)], twice],
    ['one that updates, one that deletes', [write(11), deletion], once],
    ['one that updates, one that reads the log', [write(11), readLog], once, 1],
    ['one that deletes, one that reads the log', [deletion, readLog], once, 1],
    ['two that read the log', [readLog, readLog], twice, 1],
    ['one that reads the log, one that erases history', [readLog, erasure()], once, 1],
    [
      'one that goes on erasing, one that erases more',
      [readLog, erasure(2)],
      [...thrice, commitErasure(1)],
      1,
    ],
    ['one that goes on erasing, one that updates', [readLog, logged(11)], [...twice, commitErasure(2)], 1],
    [
      'one that goes on erasing, one that leaves it current',
      [readLog, scoped],
      [...twice, commitErasure(2)],
      1,
    ],
  ] as const)
    it(`${title}`, async () => {
      const { server, known } = await left(before)
      const { states, ends } = await everyInterleaving(() => begin(server, works, known), interruptions)
      expect(states).to.be.greaterThan(20)
      expect(ends).to.be.greaterThan(1)
    })
})
