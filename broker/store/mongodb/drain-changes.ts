import type { Collection } from 'mongodb'
import { type ChangeRecord, parseRecord, recordHistory } from './change-record.ts'
import type { TakeTurn } from './in-turn.ts'
import type { Kept, KeptInstance, TenantCollections } from './mongo-documents.ts'
import { isDuplicate } from './mongo-errors.ts'

const BATCH = 100

/**
 * Moves change records from the documents that they travel in to the log and to history. May run in several processes
 * at once and may be cut off anywhere: a record has one key in the log, and an instance of history only grows newer.
 */
export async function drainChanges(tenant: TenantCollections, inTurn: TakeTurn): Promise<void> {
  await drainCollection(tenant, tenant.entities, inTurn)
  await drainCollection(tenant, tenant.documents, inTurn)
}

/** Answers an instance as history keeps it. */
export function keptInstances(record: ChangeRecord): readonly KeptInstance[] {
  return recordHistory(record).map((instance) => ({
    _id: instance.instanceId,
    entity: record.id,
    attribute: instance.attribute,
    time: instance.observedAt ?? instance.modifiedAt,
    version: record.version,
    text: JSON.stringify(instance),
  }))
}

async function drainCollection<T extends Kept>(
  tenant: TenantCollections,
  from: Collection<T>,
  inTurn: TakeTurn,
): Promise<void> {
  const kept = from as unknown as Collection<Kept> // only the members of Kept are used
  while (true) {
    const pending = await kept.find({ pending: true }).limit(BATCH).toArray()
    if (pending.length === 0) return
    const records = pending.flatMap(({ changes }) => changes.map(parseRecord))
    records.sort((left, right) => left.version - right.version)
    for (const record of records) {
      await keepHistory(tenant, record)
      await appendRecord(tenant, record)
    }
    for (const { _id, changes } of pending) {
      await inTurn(_id, async () => {
        await kept.updateOne({ _id }, { $pullAll: { changes } })
        await kept.updateOne({ _id, changes: { $size: 0 } }, { $unset: { pending: '' } })
      })
    }
  }
}

async function keepHistory({ history }: TenantCollections, record: ChangeRecord): Promise<void> {
  for (const { _id, ...instance } of keptInstances(record)) {
    const older = { _id, version: { $lt: record.version } }
    await history.updateOne(older, { $set: instance }, { upsert: true }).catch(unlessDuplicate)
  }
}

/**
 * Takes the number after the last for the record. Only one writer gets a number, and nobody gets the next one before
 * it is there: whoever reads the log in order misses nothing.
 */
async function appendRecord(tenant: TenantCollections, record: ChangeRecord): Promise<void> {
  const { log } = tenant
  const { version, ...written } = record
  const key = `${record.collection} ${record.id} ${version}`
  const text = JSON.stringify(written)
  while (!(await log.findOne({ key }, { projection: { _id: 1 } }))) {
    const _id = (await lastSequence(tenant)) + 1
    const inserted = await log.insertOne({ _id, key, text }).catch(unlessDuplicate)
    if (inserted) return
  }
}

/** Answers the number of the last record in the log; 0: there is none. */
export async function lastSequence({ log }: TenantCollections): Promise<number> {
  const last = await log.findOne({}, { projection: { _id: 1 }, sort: { _id: -1 } })
  return last?._id ?? 0
}

function unlessDuplicate(error: unknown): undefined {
  if (!isDuplicate(error)) throw error
}
