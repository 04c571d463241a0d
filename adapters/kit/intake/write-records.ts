import { deliver } from '../hub/deliver.ts'
import type { KnownState } from '../hub/known-state.ts'
import type { Judgement } from '../quality/judgement.ts'
import type { EntityDocument, ListedDocument } from '../values/entity-document.ts'
import { RecordFault } from '../values/fault.ts'
import type { FeedStore } from './feed-store.ts'
import type { MappedRecord, RefusedRecord } from './map-input.ts'
import type { RunDeps } from './run-inputs.ts'
import { withSourceRecord } from './source-record.ts'
import { type ListedRecord, listedRecords, planWindow } from './window.ts'

/** What became of records that were sent: those of neither kind are unchanged. */
export interface WrittenRecords {
  readonly written: ReadonlySet<MappedRecord>
  /** What the hub refuses. */
  readonly refused: readonly RefusedRecord[]
}

/**
 * Writes records in order, all that may be new to the hub or its history, and remembers what it holds now. Records that are written
 * again change nothing. A feed with lineage says which delivery they are of, where it is one. @throws HubAway, HubRefusal
 */
export async function writeRecords(
  { feed, client, store, delivery }: RunDeps & { readonly delivery?: string },
  known: KnownState,
  records: readonly MappedRecord[],
): Promise<WrittenRecords> {
  await known.read(client, documentsOf(records))
  const listed = listedRecords(records)
  const judgement = await store.quality?.judge(listedDocuments(listed))
  const { name, lineage, context } = feed.definition
  const key = lineage ? delivery : undefined
  const units = planWindow(listed, {
    known,
    recent: await store.recent(),
    ...(key !== undefined && {
      mark: (instances, { place }) => withSourceRecord(instances, { feed: name, key }, place),
    }),
  })
  const marked = units.map(({ document }) => judgement?.marked(document) ?? document)
  const refusals = await deliver(client, marked, context)
  const written = new Set<MappedRecord>()
  const refused: RefusedRecord[] = []
  for (const [index, unit] of units.entries()) {
    const refusal = refusals[index]
    if (refusal === undefined) for (const record of unit.records) written.add(record)
    else {
      known.forget(unit.document.id)
      const fault = new RecordFault('refused', refusal)
      refused.push(...unit.records.map(({ record, input }) => ({ record, input, fault })))
    }
  }
  if (refused.length === 0) await remember(store, listed, judgement)
  else {
    const left = new Set(refused.map(({ record }) => record))
    await remember(
      store,
      listed.filter(({ record: { record } }) => !left.has(record)),
    )
  }
  return { written, refused }
}

/** Lists the documents that records became. */
export function documentsOf(records: readonly MappedRecord[]): readonly EntityDocument[] {
  return records.flatMap(({ documents }) => documents)
}

/** Remembers that the hub holds what records say; it counts for the quality of the feed, as they were judged or are now. */
export async function remember(
  store: FeedStore,
  listed: readonly ListedRecord[],
  judged?: Judgement,
): Promise<void> {
  const recent = await store.recent()
  const documents = listedDocuments(listed)
  for (const one of documents) recent.add(one)
  await store.quality?.take(judged ?? (await store.quality.judge(documents)))
  await store.brought(listed.map(({ record }) => record))
}

function listedDocuments(records: readonly ListedRecord[]): readonly ListedDocument[] {
  return records.flatMap(({ documents }) => documents)
}
