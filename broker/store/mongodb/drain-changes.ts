import type { Collection, UpdateFilter } from 'mongodb'
import { type ChangeRecord, historyChange, type Placed, parseRecord } from './change-record.ts'
import { pastFilter } from './find-instances.ts'
import type { TakeTurn } from './in-turn.ts'
import type { Kept, KeptPlace, TenantCollections } from './mongo-documents.ts'
import { isDuplicate } from './mongo-errors.ts'
import { redactLog } from './redact-log.ts'

const BATCH = 100

/**
 * Moves change records from the documents that they travel in to the log and to history. May run in several processes
 * at once and may be cut off anywhere: a record has one key in the log, and a place in history only grows newer.
 */
export async function drainChanges(tenant: TenantCollections, inTurn: TakeTurn): Promise<void> {
  await drainCollection(tenant, tenant.entities, inTurn)
  await drainCollection(tenant, tenant.documents, inTurn)
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
      if (record.erased) await redactLog(tenant, record, record.erased)
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
  const { cleared, places } = historyChange(record)
  if (cleared) {
    const { id, version } = record
    await history.updateMany({ ...pastFilter(id, cleared), version: { $lt: version } }, emptied(record))
  }
  const writes = places.map((place) => ({ updateOne: placeWrite(record, place) }))
  if (writes.length === 0) return
  const done = await history.bulkWrite(writes, { ordered: false }).catch(unlessDuplicate)
  if (done) return
  for (const { updateOne } of writes) {
    const { filter, update } = updateOne
    await history.updateOne(filter, update, { upsert: true }).catch(unlessDuplicate)
  }
}

/** Where a later record was there already its key is taken, and what it wrote stays. */
function placeWrite(record: ChangeRecord, { _id, instance, name }: Placed) {
  const { version } = record
  const update: UpdateFilter<KeptPlace> = instance
    ? { $set: { version, instance, ...(name !== undefined && { name }) }, $unset: { gone: '' } }
    : emptied(record)
  return { filter: { _id, version: { $lt: version } }, update, upsert: true }
}

function emptied({ version, at }: ChangeRecord): UpdateFilter<KeptPlace> {
  return { $set: { version, gone: at }, $unset: { instance: '', name: '' } }
}

/**
 * Takes the number after the last for the record. Only one writer gets a number, and nobody gets the next one before
 * it is there: whoever reads the log in order misses nothing.
 */
async function appendRecord(tenant: TenantCollections, record: ChangeRecord): Promise<void> {
  const { log } = tenant
  const { version, history, erased, ...written } = record
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
