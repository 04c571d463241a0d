import type { Collection, Filter, UpdateFilter } from 'mongodb'
import { pastFilter } from '../history/find-instances.ts'
import { allInTurn, type TakeTurn } from '../in-turn.ts'
import type { Kept, KeptPlace, TenantCollections } from '../mongo-documents.ts'
import { duplicatesOf, refusedAsDuplicate } from '../mongo-errors.ts'
import type { MarkedDays } from '../totals/marked-days.ts'
import { appendRecords } from './append-records.ts'
import {
  type ChangeRecord,
  type HistoryChange,
  historyChange,
  type Placed,
  parseRecord,
} from './change-record.ts'
import { redactLog } from './redact-log.ts'

const BATCH = 100

/** What a drain is done with. */
export interface DrainHelp {
  readonly inTurn: TakeTurn
  readonly days: MarkedDays
}

/**
 * Moves the change records that waited when it began from the documents that they travel in to the log and to history;
 * others may write without end meanwhile. May run in several processes at once and may be cut off anywhere: a record has
 * one key in the log, and a place in history only grows newer. Tells whether there were any.
 */
export async function drainChanges(tenant: TenantCollections, help: DrainHelp): Promise<boolean> {
  // only the members of Kept are used
  const collections = [tenant.entities, tenant.documents] as unknown as readonly Collection<Kept>[]
  const first = await Promise.all(collections.map((from) => readPending(from, {})))
  if (first.every(({ length }) => length < BATCH)) return drain(tenant, { collections, ...help }, first)
  const waiting = await Promise.all(collections.map(keysOfPending))
  for (let at = 0; waiting.some(({ length }) => at < length); at += BATCH) {
    const reading = collections.map((from, of) => {
      const keys = waiting[of]?.slice(at, at + BATCH) ?? []
      return keys.length === 0 ? [] : readPending(from, { _id: { $in: keys } })
    })
    await drain(tenant, { collections, ...help }, await Promise.all(reading))
  }
  return true
}

/** Moves what waits in these documents of each collection. Tells whether there was any. */
async function drain(
  tenant: TenantCollections,
  { collections, inTurn, days }: DrainHelp & { readonly collections: readonly Collection<Kept>[] },
  found: readonly (readonly Kept[])[],
): Promise<boolean> {
  const pending = found.flat()
  if (pending.length === 0) return false
  await moveRecords(tenant, pending, days)
  await Promise.all(collections.map((from, at) => release(from, found[at] ?? [], inTurn)))
  return true
}

function readPending(from: Collection<Kept>, narrowed: Filter<Kept>): Promise<readonly Kept[]> {
  return from
    .find({ pending: true, ...narrowed })
    .project<Kept>({ written: 1, changes: 1 })
    .limit(BATCH)
    .toArray()
}

async function keysOfPending(from: Collection<Kept>): Promise<readonly Kept['_id'][]> {
  const waiting = await from.find({ pending: true }).project<Pick<Kept, '_id'>>({ _id: 1 }).toArray()
  return waiting.map(({ _id }) => _id)
}

async function moveRecords(
  tenant: TenantCollections,
  pending: readonly Kept[],
  days: MarkedDays,
): Promise<void> {
  const records = pending.flatMap(({ changes }) => changes.map(parseRecord))
  records.sort((left, right) => left.version - right.version)
  for (const together of runsOf(records)) {
    const changes = together.map((record) => ({ record, ...historyChange(record) }))
    await keepHistory(tenant, changes)
    const added = await days.mark(tenant, changes)
    const isLate = await appendRecords(tenant, together)
    if (isLate) await days.unmarkGone(tenant, added)
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

/** What is not there yet is inserted at once; places that hold something earlier are replaced one by one, the oldest record first. */
async function keepHistory(
  { history }: TenantCollections,
  changes: readonly (HistoryChange & { readonly record: ChangeRecord })[],
): Promise<void> {
  const places: KeptPlace[] = []
  for (const { record, cleared, places: changed } of changes) {
    const { id, version } = record
    if (cleared)
      await history.updateMany({ ...pastFilter(id, cleared), version: { $lt: version } }, emptied(record))
    for (const place of changed) places.push(keptPlace(record, place))
  }
  if (places.length === 0) return
  const taken = await history
    .insertMany(places, { ordered: false })
    .then(() => new Set<number>(), duplicatesOf)
  if (taken.size === 0) return
  const dated = await versionsOf(
    history,
    [...taken].flatMap((at) => places[at]?._id ?? []),
  )
  for (const [at, place] of places.entries())
    if (taken.has(at) && !((dated.get(place._id) ?? 0) >= place.version)) await replacePlace(history, place)
}

/** Of which version places are: where several drain, most hold what is to be put there. */
async function versionsOf(
  history: TenantCollections['history'],
  keys: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const found = await history
    .find({ _id: { $in: [...keys] } })
    .project<Pick<KeptPlace, '_id' | 'version'>>({ version: 1 })
    .toArray()
  return new Map(found.map(({ _id, version }) => [_id, version]))
}

function keptPlace({ version, at }: ChangeRecord, { _id, instance, name }: Placed): KeptPlace {
  return instance
    ? { _id, version, instance, ...(name !== undefined && { name }) }
    : { _id, version, gone: at }
}

/** Where a later record was there already its key is taken, and what it wrote stays; without a name a place keeps its own. */
async function replacePlace(history: TenantCollections['history'], place: KeptPlace): Promise<void> {
  const { _id, version, instance, name, gone = 0 } = place
  const update: UpdateFilter<KeptPlace> = instance
    ? { $set: { version, instance, ...(name !== undefined && { name }) }, $unset: { gone: '' } }
    : emptied({ version, at: gone })
  await history
    .updateOne({ _id, version: { $lt: version } }, update, { upsert: true })
    .catch(refusedAsDuplicate)
}

function emptied({ version, at }: Pick<ChangeRecord, 'version' | 'at'>): UpdateFilter<KeptPlace> {
  return { $set: { version, gone: at }, $unset: { instance: '', name: '' } }
}

/** Takes what was moved out of the documents: of those that nobody wrote to meanwhile, all that waits in them. */
async function release(from: Collection<Kept>, pending: readonly Kept[], inTurn: TakeTurn): Promise<void> {
  if (pending.length === 0) return
  const keys = pending.map(({ _id }) => _id)
  await allInTurn(inTurn, keys, async () => {
    // no two documents have a version in common
    const unwritten = { _id: { $in: keys }, written: { $in: pending.map(({ written }) => written) } }
    const { matchedCount } = await from.updateMany(unwritten, {
      $set: { changes: [] },
      $unset: { pending: '' },
    })
    if (matchedCount === pending.length) return
    for (const { _id, changes } of pending) {
      await from.updateOne({ _id }, { $pullAll: { changes } })
      await from.updateOne({ _id, changes: { $size: 0 } }, { $unset: { pending: '' } })
    }
  })
}
