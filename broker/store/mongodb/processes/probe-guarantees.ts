import { randomUUID } from 'node:crypto'
import type { Collection, Db } from 'mongodb'
import { isDuplicate } from '../mongo-errors.ts'

/** What a server was seen to guarantee. */
export interface Guarantees {
  /** What the server says of itself. */
  readonly server: string
  /** Of many updates at once of one expected version one passes, and no increment is lost. */
  readonly atomicUpdates: boolean
  readonly uniqueKeys: boolean
  readonly majorityReads: boolean
  /** Change streams have what was committed before they are asked, all of it. */
  readonly changeStreams: boolean
}

/** A document to try it on. */
export interface Scratch {
  readonly _id: string
  readonly version: number
  readonly count: number
  readonly filling: string
}

const AT_ONCE = 50
/** Servers that are not atomic take longer for what is large, and are caught at it. */
export const FILLING = 'x'.repeat(20_000)
const COLLECTION = 'probe'

/** Tries what a server guarantees, on documents that are there for that alone. */
export async function probeGuarantees(database: Db): Promise<Guarantees> {
  const scratch = database.collection<Scratch>(COLLECTION)
  const _id = randomUUID()
  try {
    await scratch.insertOne({ _id, version: 0, count: 0, filling: FILLING })
    const { version, ferretdbVersion } = await database.admin().buildInfo()
    const kind = await kindOf(database)
    return {
      server: `${ferretdbVersion === undefined ? 'MongoDB' : 'FerretDB, as MongoDB'} ${version}, ${kind}`,
      // nobody need try what is known
      atomicUpdates: ferretdbVersion === undefined && (await updatesAtomically(scratch, _id)),
      uniqueKeys: await keepsKeysUnique(scratch, _id),
      majorityReads: await readsOfMajority(scratch, _id),
      // there nothing is told before every shard, idle ones too, has written something later: that takes up to ten seconds
      changeStreams: kind !== 'sharded cluster' && (await hasChangeStreams(scratch)),
    }
  } finally {
    await scratch.deleteOne({ _id })
  }
}

/** Tells what several processes lack on a server; undefined: nothing. */
export function lackedBySeveral({
  atomicUpdates,
  uniqueKeys,
  majorityReads,
}: Guarantees): string | undefined {
  if (!atomicUpdates) return 'loses updates that come at once'
  if (!uniqueKeys) return 'lets two documents have one key'
  return majorityReads ? undefined : 'does not read what a majority has'
}

async function kindOf(database: Db): Promise<'sharded cluster' | 'replica set' | 'single server'> {
  const { setName, msg } = await database.admin().command({ isMaster: 1 })
  if (msg === 'isdbgrid') return 'sharded cluster'
  return setName === undefined ? 'single server' : 'replica set'
}

/** Tries whether updates of a document that come at once are lost. */
export async function updatesAtomically(scratch: Collection<Scratch>, _id: string): Promise<boolean> {
  const counted = await atOnce(() => scratch.updateOne({ _id }, { $inc: { count: 1 } }))
  if (counted.some(({ matchedCount }) => matchedCount !== 1)) return false
  const kept = await scratch.findOne({ _id }, { projection: { count: 1 } })
  if (kept?.count !== AT_ONCE) return false
  const updated = await atOnce((at) => scratch.updateOne({ _id, version: 0 }, { $set: { version: at + 1 } }))
  return updated.filter(({ matchedCount }) => matchedCount === 1).length === 1
}

function atOnce<T>(request: (at: number) => Promise<T>): Promise<readonly T[]> {
  return Promise.all(Array.from({ length: AT_ONCE }, (_, at) => request(at)))
}

async function keepsKeysUnique(scratch: Collection<Scratch>, _id: string): Promise<boolean> {
  try {
    await scratch.insertOne({ _id, version: 0, count: 0, filling: '' })
    return false
  } catch (error) {
    if (isDuplicate(error)) return true
    throw error
  }
}

async function readsOfMajority(scratch: Collection<Scratch>, _id: string): Promise<boolean> {
  try {
    return (await scratch.findOne({ _id }, { readConcern: { level: 'majority' } })) !== null
  } catch {
    return false
  }
}

async function hasChangeStreams(scratch: Collection<Scratch>): Promise<boolean> {
  const stream = scratch.watch()
  try {
    await stream.tryNext()
    return true
  } catch {
    return false
  } finally {
    await stream.close()
  }
}
