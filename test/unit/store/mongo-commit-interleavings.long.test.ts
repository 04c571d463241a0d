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
  type Work,
  write,
} from '../../support/kept-changes.ts'
import { SteppedServer } from '../../support/stepped-server.ts'
import { evolve, NOW, remove } from '../../support/store-builders.ts'

async function startProcess(server: SteppedServer) {
  const { client, wait, kill } = server.connect()
  const store = new MongoStore(client, OPTIONS)
  await store.open()
  return { store, wait, kill }
}

const deletion: Work = async (store, answered) => {
  const stored = await store.read(DEFAULT_TENANT, ID)
  if (!stored) return
  const result = await kept(store, remove(parseEntity(stored.text), stored.version, NOW + 99))
  if (result) answered.set(result.version, 'deleted')
}

/** Erases history, and sees to it that it is gone. */
const erasure: Work = async (store, answered) => {
  const result = await kept(store, evolve(ID, { action: 'delete' }))
  if (result) answered.set(result.version, 'erased')
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
  /** An entity that was written so often by a process that ended before it drained anything. */
  async function left(times: number): Promise<{ server: SteppedServer; known: Answered }> {
    const server = new SteppedServer()
    const known: Answered = new Map()
    await (await openStore(server)).close()
    for (let time = 0; time < times; time++) {
      const { store, wait, kill } = await startProcess(server)
      wait()
      void write(time)(store, known).then(kill)
      while ((await server.waiting()).length > 0) server.turn(0)
    }
    return { server, known }
  }

  for (const [title, works, times, interruptions] of [
    ['two that create', [write(11), write(12)], 0],
    ['two that update', [write(11), write(12)], 2],
    ['one that updates, one that deletes', [write(11), deletion], 1],
    ['one that updates, one that reads the log', [write(11), readLog], 1, 1],
    ['one that deletes, one that reads the log', [deletion, readLog], 1, 1],
    ['two that read the log', [readLog, readLog], 2, 1],
    ['one that reads the log, one that erases history', [readLog, erasure], 1, 1],
  ] as const)
    it(`${title}`, async () => {
      const { server, known } = await left(times)
      const { states, ends } = await everyInterleaving(() => begin(server, works, known), interruptions)
      expect(states).to.be.greaterThan(20)
      expect(ends).to.be.greaterThan(1)
    })
})
