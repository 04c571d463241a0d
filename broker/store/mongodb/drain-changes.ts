import type { AnyBulkWriteOperation, Collection, UpdateFilter } from 'mongodb'
import { appendRecords } from './append-records.ts'
import { type ChangeRecord, historyChange, type Placed, parseRecord } from './change-record.ts'
import { pastFilter } from './find-instances.ts'
import { allInTurn, type TakeTurn } from './in-turn.ts'
import type { Kept, KeptPlace, TenantCollections } from './mongo-documents.ts'
import { isDuplicate } from './mongo-errors.ts'
import { redactLog } from './redact-log.ts'

const BATCH = 100

/**
 * Moves change records from the documents that they travel in to the log and to history. May run in several processes
 * at once and may be cut off anywhere: a record has one key in the log, and a place in history only grows newer. Tells
 * whether there were any.
 */
export async function drainChanges(tenant: TenantCollections, inTurn: TakeTurn): Promise<boolean> {
  // only the members of Kept are used
  const collections = [tenant.entities, tenant.documents] as unknown as readonly Collection<Kept>[]
  let any = false
  for (;;) {
    const found = await Promise.all(collections.map(findPending))
    const pending = found.flat()
    if (pending.length === 0) return any
    any = true
    await moveRecords(tenant, pending)
    await Promise.all(collections.map((from, at) => release(from, found[at] ?? [], inTurn)))
    if (found.every(({ length }) => length < BATCH)) return any
  }
}

function findPending(from: Collection<Kept>): Promise<readonly Kept[]> {
  return from.find({ pending: true }).project<Kept>({ written: 1, changes: 1 }).limit(BATCH).toArray()
}

async function moveRecords(tenant: TenantCollections, pending: readonly Kept[]): Promise<void> {
  const records = pending.flatMap(({ changes }) => changes.map(parseRecord))
  records.sort((left, right) => left.version - right.version)
  for (const together of runsOf(records)) {
    await keepHistory(tenant, together)
    await appendRecords(tenant, together)
    for (const record of together) if (record.erased) await redactLog(tenant, record, record.erased)
  }
}

/** What takes something away goes by itself, with all before it done and nothing behind it begun. */
function runsOf(records: readonly ChangeRecord[]): readonly (readonly ChangeRecord[])[] {
  const runs: ChangeRecord[][] = []
  let open = false
  for (const record of records) {
    const alone = record.erased !== undefined || record.history?.cleared !== undefined
    if (open && !alone) runs.at(-1)?.push(record)
    else runs.push([record])
    open = !alone
  }
  return runs
}

async function keepHistory({ history }: TenantCollections, records: readonly ChangeRecord[]): Promise<void> {
  const writes: AnyBulkWriteOperation<KeptPlace>[] = []
  for (const record of records) {
    const { cleared, places } = historyChange(record)
    if (cleared) {
      const { id, version } = record
      await history.updateMany({ ...pastFilter(id, cleared), version: { $lt: version } }, emptied(record))
    }
    for (const place of places) writes.push({ updateOne: placeWrite(record, place) })
  }
  if (writes.length === 0) return
  const done = await history.bulkWrite(writes, { ordered: false }).catch(unlessDuplicate)
  if (done) return
  for (const write of writes) await history.bulkWrite([write]).catch(unlessDuplicate)
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

/** Takes what was moved out of the documents: of those that nobody wrote to meanwhile, all that waits in them. */
async function release(from: Collection<Kept>, pending: readonly Kept[], inTurn: TakeTurn): Promise<void> {
  if (pending.length === 0) return
  const keys = pending.map(({ _id }) => _id)
  await allInTurn(inTurn, keys, async () => {
    const { matchedCount } = await from.bulkWrite(
      pending.map(({ _id, written }) => ({
        updateOne: { filter: { _id, written }, update: { $set: { changes: [] }, $unset: { pending: '' } } },
      })),
      { ordered: false },
    )
    if (matchedCount === pending.length) return
    for (const { _id, changes } of pending) {
      await from.updateOne({ _id }, { $pullAll: { changes } })
      await from.updateOne({ _id, changes: { $size: 0 } }, { $unset: { pending: '' } })
    }
  })
}

function unlessDuplicate(error: unknown): undefined {
  if (!isDuplicate(error)) throw error
}
