import { deliver } from '../hub/deliver.ts'
import type { KnownState } from '../hub/known-state.ts'
import type { Judgement } from '../quality/judgement.ts'
import type { EntityDocument } from '../values/entity-document.ts'
import { RecordFault } from '../values/fault.ts'
import type { FeedStore } from './feed-store.ts'
import type { MappedRecord, RefusedRecord } from './map-input.ts'
import type { RunDeps } from './run-inputs.ts'
import { withSourceRecord } from './source-record.ts'
import { planWindow } from './window.ts'

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
  const documents = documentsOf(records)
  await known.read(client, documents)
  const judgement = await store.quality?.judge(documents)
  const { name, lineage, context } = feed.definition
  const key = lineage ? delivery : undefined
  const units = planWindow(records, {
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
  const left = new Set(refused.map(({ record }) => record))
  if (left.size === 0) await remember(store, records, judgement)
  else
    await remember(
      store,
      records.filter(({ record }) => !left.has(record)),
    )
  return { written, refused }
}

/** Lists the documents that records became. */
export function documentsOf(records: readonly MappedRecord[]): readonly EntityDocument[] {
  return records.flatMap(({ documents }) => documents)
}

/** Remembers that the hub holds what records say; it counts for the quality of the feed, as they were judged or are now. */
export async function remember(
  store: FeedStore,
  records: readonly MappedRecord[],
  judged?: Judgement,
): Promise<void> {
  const recent = await store.recent()
  const documents = documentsOf(records)
  for (const document of documents) recent.add(document)
  await store.quality?.take(judged ?? (await store.quality.judge(documents)))
  await store.brought(records)
}
