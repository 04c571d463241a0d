import { expect } from 'chai'
import type { Entity } from '../../broker/core/model/entity.ts'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { MongoStore } from '../../broker/store/mongodb/mongo-store.ts'
import { parseEntity } from '../../broker/store/port/change.ts'
import type { UnitResult } from '../../broker/store/port/store.ts'
import type { SteppedServer } from './stepped-server.ts'
import { entity, NOW, PM10, property, put } from './store-builders.ts'

/** The entity that is written to. */
export const ID = 'urn:ngsi-ld:Thing:1'
/** How a store is opened on the server of the model. */
export const OPTIONS = { url: '', database: 'hub', clock: () => 1 } as const

/** What a process does, until it is answered; a process that is killed is given no more turns. */
export type Work = (store: MongoStore, answered: Answered) => Promise<void>

/** What was answered as kept, by version: the value that was written, or what became of the entity or of its history. */
export type Answered = Map<number, number | 'deleted' | Erased>

/** Of history, what was observed with smaller values than this went. */
export interface Erased {
  readonly below: number
}

/** Opens a store whose process waits for no turns. */
export async function openStore(server: SteppedServer): Promise<MongoStore> {
  const store = new MongoStore(server.connect().client, OPTIONS)
  await store.open()
  return store
}

/** Reads and writes once: who finds that another writer came between leaves it at that. */
export const write =
  (value: number): Work =>
  async (store, answered) => {
    const stored = await store.read(DEFAULT_TENANT, ID)
    const before = stored && parseEntity(stored.text)
    const result = await kept(store, put(valued(value), stored?.version ?? 0, before))
    if (result) answered.set(result.version, value)
  }

/** Commits a unit; undefined: it was not kept. */
export async function kept(
  store: MongoStore,
  unit: Parameters<typeof store.commit>[1][number],
): Promise<UnitResult | undefined> {
  const [result] = await store.commit(DEFAULT_TENANT, [unit])
  return result?.outcome === 'kept' ? result : undefined
}

/** Answers when a value is observed and written. */
export function timeOf(value: number): number {
  return NOW + value
}

function valued(value: number): Entity {
  const at = timeOf(value)
  return entity(ID, {
    attributes: { [PM10]: [property(value, { observedAt: at, modifiedAt: at })] },
    modifiedAt: at,
  })
}

/** Looks at what others find when everybody else is gone: all that was answered, once, and in order; at the end nothing else. */
export async function checkWhatIsLeft(
  server: SteppedServer,
  answered: Answered,
  isEnd: boolean,
): Promise<void> {
  const store = await openStore(server)
  const undrained = await store.instances(DEFAULT_TENANT, ID, { order: 'oldest', perAttribute: 100 })
  const records = await store.log(DEFAULT_TENANT, 0, 100)
  expect(records.map(({ sequence }) => sequence)).to.deep.equal(records.map((_, at) => at + 1))
  const keys = server.content('default.log').map(({ key }) => String(key))
  expect(new Set(keys).size, 'records in the log').to.equal(keys.length)
  const versions = keys.flatMap((key) => (key.includes(ID) ? Number(key.split(' ').at(-1)) : []))
  expect(versions, 'records of an entity').to.deep.equal([...versions].sort((left, right) => left - right))
  for (const version of answered.keys()) expect(versions).to.include(version)
  const there = await store.instances(DEFAULT_TENANT, ID, { order: 'oldest', perAttribute: 100 })
  expect(undrained, 'history before and after it is drained').to.deep.equal(there)
  expect(new Set(there.map(({ instanceId }) => instanceId)).size).to.equal(there.length)
  const told = there.map(({ text = '{}', deletedAt }) =>
    deletedAt === undefined ? JSON.parse(text).value : 'deleted',
  )
  const current = await store.read(DEFAULT_TENANT, ID)
  const state = current && parseEntity(current.text)
  const value = state?.attributes[PM10]?.[0]?.value ?? 'deleted'
  const texts = server.content('default.log').map(({ text }) => String(text))
  const left = notErased(answered)
  for (const one of answered.values()) {
    if (typeof one === 'object') continue
    if (left.has(one)) expect(told).to.include(one)
    else expect(told, 'history that was erased').not.to.include(one)
    if (!left.has(one) && one !== value)
      expect(texts.join(), 'log of what was erased').not.to.include(`"value":${one},`)
  }
  const record = texts[keys.indexOf(`entity ${ID} ${current?.version}`)]
  if (record) expect(JSON.parse(record).after, 'record of the current state').to.deep.equal(state)
  const last = Math.max(...answered.keys())
  expect(Math.max(...versions)).to.be.at.least(last)
  if (isEnd) {
    expect(versions).to.have.members([...answered.keys()])
    const states = [...answered].filter(([, one]) => typeof one !== 'object')
    expect(value).to.equal(states.sort(([one], [other]) => one - other).at(-1)?.[1])
  }
  for (const name of ['default.entity', 'default.document'])
    for (const one of server.content(name))
      expect(one).to.include({ _id: one._id }).and.not.have.property('pending')
  await store.close()
}

/** Answers of what was written what history still has to tell. */
function notErased(answered: Answered): ReadonlySet<number | 'deleted'> {
  const erasures = [...answered].flatMap(([version, one]) =>
    typeof one === 'object' ? [{ version, ...one }] : [],
  )
  const isGone = (written: number, one: number | 'deleted') =>
    erasures.some(
      ({ version, below }) =>
        version > written && (one === 'deleted' ? below === Number.POSITIVE_INFINITY : one < below),
    )
  return new Set(
    [...answered].flatMap(([version, one]) => (typeof one === 'object' || isGone(version, one) ? [] : [one])),
  )
}
