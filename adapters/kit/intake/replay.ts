import { isUnreadable } from '../../formats/format.ts'
import { deliver } from '../hub/deliver.ts'
import { KnownState } from '../hub/known-state.ts'
import type { Reason } from '../values/fault.ts'
import { mapRecords } from './map-input.ts'
import type { QuarantineRecord } from './quarantine-record.ts'
import type { RunDeps } from './run-inputs.ts'
import { planWindow } from './window.ts'

/** What became of a record that was taken out of quarantine to try again. */
export type ReplayOutcome =
  | { readonly outcome: 'written' | 'unchanged' }
  | { readonly outcome: 'quarantined'; readonly reason: Reason; readonly detail: string }

/** Tries a record of quarantine again, as the feed reads and maps it now. @throws HubAway, HubRefusal */
export async function replayRecord(
  { feed, client, store }: RunDeps,
  record: QuarantineRecord,
): Promise<ReplayOutcome> {
  if (record.truncatedFrom !== undefined) return stays(...unkept(record))
  const decoded = feed.format.decodeOne(record.raw, record.preamble, { name: record.input })
  if (isUnreadable(decoded)) return stays(decoded.fault.reason, decoded.fault.message)
  const { input: name, cameAt } = record
  const came = cameAt === undefined ? {} : { receivedAt: cameAt }
  const { mapped, refused } = await mapRecords(feed, [decoded], { name, ...came })
  const fault = refused[0]?.fault
  if (fault) return stays(fault.reason, fault.message)
  const { context } = feed.definition
  const known = new KnownState(context)
  const documents = mapped.flatMap((item) => item.documents)
  await known.read(client, documents)
  const recent = await store.recent()
  const units = planWindow(mapped, known, recent).map(({ document }) => document)
  const refusal = (await deliver(client, units, context)).find((text) => text !== undefined)
  if (refusal !== undefined) return stays('refused', refusal)
  const doubt = mapped.flatMap((item) => item.doubts)[0]
  if (doubt !== undefined) return stays('implausible', doubt)
  if (units.length > 0) {
    for (const one of documents) recent.add(one)
    await store.keepRecent()
    await store.quality?.replayed(documents)
  }
  return { outcome: units.length > 0 ? 'written' : 'unchanged' }
}

function unkept({ reason, detail, raw }: QuarantineRecord): [Reason, string] {
  return raw.length === 0 ? [reason, detail] : ['too-large', 'Quarantine keeps only its beginning']
}

function stays(reason: Reason, detail: string): ReplayOutcome {
  return { outcome: 'quarantined', reason, detail }
}
