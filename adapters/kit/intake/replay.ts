import type { Decoded } from '../../formats/format.ts'
import { KnownState } from '../hub/known-state.ts'
import { type Reason, RecordFault } from '../values/fault.ts'
import type { Feed } from './feed.ts'
import { mapRecords } from './map-input.ts'
import type { QuarantineRecord } from './quarantine-record.ts'
import type { RunDeps } from './run-inputs.ts'
import { writeRecords } from './write-records.ts'

/** What became of a record that was taken out of quarantine to try again. */
export type ReplayOutcome =
  | { readonly outcome: 'written' | 'unchanged' }
  | { readonly outcome: 'quarantined'; readonly reason: Reason; readonly detail: string }

/**
 * Tries a record of quarantine again, as the feed reads and maps it now. An input that is there as a whole leaves it when each of its
 * records is with the hub; those that can be are written. @throws HubAway, HubRefusal
 */
export async function replayRecord(deps: RunDeps, record: QuarantineRecord): Promise<ReplayOutcome> {
  if (record.truncatedFrom !== undefined || record.holds === 'notice') return stays(...unkept(record))
  const { feed, store } = deps
  const decoded = decodedAgain(feed, record)
  const { input: name, cameAt } = record
  const place = { name, ...(cameAt !== undefined && { receivedAt: cameAt }) }
  const { mapped, refused } = await mapRecords(feed, decoded, place)
  const faults = refused.map(({ fault }) => fault)
  const known = new KnownState(feed.definition.context)
  let written = 0
  for (let start = 0; start < mapped.length; start += feed.definition.batchSize) {
    const records = mapped.slice(start, start + feed.definition.batchSize)
    const sent = await writeRecords(deps, known, records)
    written += sent.written.size
    faults.push(...sent.refused.map(({ fault }) => fault))
  }
  if (written > 0) {
    await store.keepRecent()
    await store.quality?.keep()
  }
  for (const { doubts } of mapped)
    if (doubts.length > 0) faults.push(new RecordFault('implausible', doubts.join('; ')))
  const [first] = faults
  if (!first) return { outcome: written > 0 ? 'written' : 'unchanged' }
  const share = decoded.length > 1 ? `${faults.length} of ${decoded.length} records: ` : ''
  return stays(first.reason, `${share}${first.message}`)
}

function decodedAgain(
  { format }: Feed,
  { raw, preamble, input: name, holds }: QuarantineRecord,
): readonly Decoded[] {
  return holds === 'input' ? format.decode(raw, { name }) : [format.decodeOne(raw, preamble, { name })]
}

function unkept({ reason, detail, raw, holds }: QuarantineRecord): [Reason, string] {
  const isSaid = raw.length === 0 || holds === 'notice'
  return isSaid ? [reason, detail] : ['too-large', 'Quarantine keeps only its beginning']
}

function stays(reason: Reason, detail: string): ReplayOutcome {
  return { outcome: 'quarantined', reason, detail }
}
