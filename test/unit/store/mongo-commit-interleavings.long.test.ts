import { expect } from 'chai'
import type { Entity } from '../../../broker/core/model/entity.ts'
import { DEFAULT_TENANT } from '../../../broker/core/model/tenant.ts'
import { MongoStore } from '../../../broker/store/mongodb/mongo-store.ts'
import { parseEntity } from '../../../broker/store/port/change.ts'
import type { UnitResult } from '../../../broker/store/port/store.ts'
import { everyInterleaving, type ModelCase } from '../../support/every-interleaving.ts'
import { SteppedServer } from '../../support/stepped-server.ts'
import { entity, evolve, NOW, PM10, property, put, remove } from '../../support/store-builders.ts'

const ID = 'urn:ngsi-ld:Thing:1'
const OPTIONS = { url: '', database: 'hub', clock: () => 1 } as const

/** What a process does, until it is answered; a process that is killed is given no more turns. */
type Work = (store: MongoStore, answered: Answered) => Promise<void>

/** What was answered as kept, by version: the value that was written, or what became of the entity or of its history. */
type Answered = Map<number, number | 'deleted' | 'erased'>

async function openStore(server: SteppedServer): Promise<MongoStore> {
  return (await startProcess(server)).store
}

async function startProcess(server: SteppedServer) {
  const { client, wait, kill } = server.connect()
  const store = new MongoStore(client, OPTIONS)
  await store.open()
  return { store, wait, kill }
}

/** Reads and writes once: who finds that another writer came between leaves it at that. */
const write =
  (value: number): Work =>
  async (store, answered) => {
    const stored = await store.read(DEFAULT_TENANT, ID)
    const before = stored && parseEntity(stored.text)
    const result = await kept(store, put(valued(value), stored?.version ?? 0, before))
    if (result) answered.set(result.version, value)
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

function valued(value: number): Entity {
  const at = NOW + value
  return entity(ID, {
    attributes: { [PM10]: [property(value, { observedAt: at, modifiedAt: at })] },
    modifiedAt: at,
  })
}

async function kept(
  store: MongoStore,
  unit: Parameters<typeof store.commit>[1][number],
): Promise<UnitResult | undefined> {
  const [result] = await store.commit(DEFAULT_TENANT, [unit])
  return result?.outcome === 'kept' ? result : undefined
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

/** What others find when everybody else is gone: all that was answered, once, and in order. */
async function checkWhatIsLeft(server: SteppedServer, answered: Answered, isEnd: boolean): Promise<void> {
  const store = await openStore(server)
  const undrained = await store.instances(DEFAULT_TENANT, ID, { order: 'oldest', perAttribute: 100 })
  const records = await store.log(DEFAULT_TENANT, 0, 100)
  expect(records.map(({ sequence }) => sequence)).to.deep.equal(records.map((_, at) => at + 1))
  const keys = server.content('default.log').map(({ key }) => String(key))
  expect(new Set(keys).size, 'records in the log').to.equal(keys.length)
  const versions = keys.map((key) => Number(key.split(' ').at(-1)))
  expect(versions, 'records of an entity').to.deep.equal([...versions].sort((left, right) => left - right))
  for (const version of answered.keys()) expect(versions).to.include(version)
  const there = await store.instances(DEFAULT_TENANT, ID, { order: 'oldest', perAttribute: 100 })
  expect(undrained, 'history before and after it is drained').to.deep.equal(there)
  expect(new Set(there.map(({ instanceId }) => instanceId)).size).to.equal(there.length)
  const told = there.map(({ text = '{}', deletedAt }) =>
    deletedAt === undefined ? JSON.parse(text).value : 'deleted',
  )
  const erased = Math.max(
    0,
    ...[...answered].filter(([, one]) => one === 'erased').map(([version]) => version),
  )
  for (const [version, one] of answered)
    if (version > erased) expect(told).to.include(one)
    else if (version < erased) expect(told, 'history that was erased').not.to.include(one)
  const last = Math.max(...answered.keys())
  expect(Math.max(...versions)).to.be.at.least(last)
  if (isEnd) {
    expect(versions).to.have.members([...answered.keys()])
    const states = [...answered].filter(([, one]) => one !== 'erased').sort(([left], [right]) => left - right)
    const current = await store.read(DEFAULT_TENANT, ID)
    const value = current && parseEntity(current.text).attributes[PM10]?.[0]?.value
    expect(value ?? 'deleted').to.equal(states.at(-1)?.[1])
  }
  for (const name of ['default.entity', 'default.document'])
    for (const one of server.content(name))
      expect(one).to.include({ _id: one._id }).and.not.have.property('pending')
  await store.close()
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
