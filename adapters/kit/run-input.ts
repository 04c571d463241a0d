import { deliver } from './deliver.ts'
import type { Reason } from './fault.ts'
import { RecordFault } from './fault.ts'
import type { Feed } from './feed.ts'
import { type FeedStore, type Progress, UNTOUCHED } from './feed-store.ts'
import type { HubClient } from './hub-client.ts'
import { type Input, inputKey } from './input.ts'
import type { Json } from './json.ts'
import { KnownState } from './known-state.ts'
import { type MappedInput, type MappedRecord, mapInput, type RefusedRecord } from './map-input.ts'
import {
  type QuarantineRecord,
  quarantineBatches,
  quarantineJson,
  quarantineRecord,
} from './quarantine-record.ts'
import { addSummaries, NOTHING, type Summary } from './summary.ts'
import { floorsOf, identityOf, planWindow } from './window.ts'

/** What taking an input needs. */
export interface RunDeps {
  readonly feed: Feed
  readonly client: HubClient
  readonly store: FeedStore
  /** Told after each batch: records taken so far, of how many. */
  readonly onProgress?: (done: number, total: number) => void
}

/**
 * Takes one input: maps its records, writes them in order, batch after batch, and keeps how far it came. An input that
 * was taken before, whole or in part, goes on where it stopped. @throws HubAway, HubRefusal
 */
export async function runInput(deps: RunDeps, input: Input): Promise<Summary> {
  const key = inputKey(deps.feed, input)
  const kept = await deps.store.progress(key)
  if (kept.complete && !input.repeatable) return takenBefore(kept.summary)
  const progress = kept.complete ? UNTOUCHED : kept
  const mapped = await mapChecked(deps.feed, input)
  const run = new InputRun(deps, input, key)
  return run.take(mapped, progress)
}

/** Answers the summary of an input that the hub has already: all of it is unchanged. */
function takenBefore({ read }: Summary): Summary {
  return { ...NOTHING, read, unchanged: read }
}

async function mapChecked(feed: Feed, input: Input): Promise<MappedInput> {
  const { maxBytes } = feed.definition
  if (input.bytes.length <= maxBytes) return mapInput(feed, input)
  const fault = new RecordFault('too-large', `Input has more than ${maxBytes} bytes`)
  return { mapped: [], refused: [{ record: { raw: input.bytes }, fault }] }
}

/** One input on its way into the hub. */
class InputRun {
  readonly #deps: RunDeps
  readonly #input: Input
  readonly #key: string
  readonly #known: KnownState
  readonly #taken: string[] = []

  constructor(deps: RunDeps, input: Input, key: string) {
    this.#deps = deps
    this.#input = input
    this.#key = key
    this.#known = new KnownState(deps.feed.definition.context)
  }

  async take({ mapped, refused }: MappedInput, progress: Progress): Promise<Summary> {
    const { batchSize } = this.#deps.feed.definition
    const total = mapped.length
    let summary = progress.done > 0 ? progress.summary : await this.#setAside(refused)
    let start = progress.done
    while (start < total) {
      const resumed = start === progress.done && progress.claimed > start
      const end = Math.min(total, resumed ? progress.claimed : start + batchSize)
      summary = await this.#window(mapped.slice(start, end), { start, end, summary, resumed, progress })
      start = end
      this.#deps.onProgress?.(end, total)
    }
    await this.#deps.store.keepRecent(this.#taken)
    const complete = { done: total, claimed: total, floors: {}, complete: true, summary }
    await this.#deps.store.keepProgress(this.#key, this.#input, complete)
    return summary
  }

  async #window(
    records: readonly MappedRecord[],
    at: { start: number; end: number; summary: Summary; resumed: boolean; progress: Progress },
  ): Promise<Summary> {
    const { client, store } = this.#deps
    await this.#known.read(
      client,
      records.flatMap(({ documents }) => documents),
    )
    const floors = at.resumed ? at.progress.floors : floorsOf(records, this.#known)
    const plan = planWindow(records, this.#known, at.resumed ? floors : undefined)
    if (plan.units.length > 0 && !at.resumed) {
      const claim = { done: at.start, claimed: at.end, floors, complete: false, summary: at.summary }
      await store.keepProgress(this.#key, this.#input, claim)
    }
    const faults = [...doubtsOf(records), ...(await this.#lateFaults(plan.late))]
    const { written, refused } = await this.#send(plan.units)
    await this.#quarantine([...faults, ...refused])
    this.#taken.push(...records.flatMap(({ documents }) => documents.map(identityOf)))
    return addSummaries(at.summary, windowSummary(records, written, [...faults, ...refused]))
  }

  async #send(
    units: readonly { document: MappedRecord['documents'][number]; records: readonly MappedRecord[] }[],
  ): Promise<{ written: ReadonlySet<MappedRecord>; refused: readonly RefusedRecord[] }> {
    const documents = units.map(({ document }) => document)
    const refusals = await deliver(this.#deps.client, documents, this.#deps.feed.definition.context)
    const written = new Set<MappedRecord>()
    const refused: RefusedRecord[] = []
    for (const [index, { document, records }] of units.entries()) {
      const refusal = refusals[index]
      if (refusal === undefined) for (const record of records) written.add(record)
      else {
        this.#known.forget(document.id)
        refused.push(...records.map(({ record }) => ({ record, fault: new RecordFault('refused', refusal) })))
      }
    }
    return { written, refused }
  }

  /** A late observation that the source only repeats is nothing new. */
  async #lateFaults(
    late: readonly { record: MappedRecord; document: MappedRecord['documents'][number] }[],
  ): Promise<readonly RefusedRecord[]> {
    const faults = new Map<MappedRecord, RefusedRecord>()
    for (const { record } of late) {
      const repeated = await Promise.all(
        record.documents.map((document) => this.#deps.store.isRecent(identityOf(document))),
      )
      if (repeated.every(Boolean)) continue
      const text = 'Observation is older than the one that the hub holds'
      faults.set(record, { record: record.record, fault: new RecordFault('late', text) })
    }
    return [...faults.values()]
  }

  async #setAside(refused: readonly RefusedRecord[]): Promise<Summary> {
    await this.#quarantine(refused)
    return addSummaries(NOTHING, { ...NOTHING, read: refused.length, quarantined: countReasons(refused) })
  }

  async #quarantine(refused: readonly RefusedRecord[]): Promise<void> {
    const records = refused.map((piece) => this.#quarantineRecord(piece))
    for (const some of quarantineBatches(records)) {
      const body: Json = some.map(quarantineJson)
      await this.#deps.client.write('POST', '/hub/v1/quarantine', body)
    }
  }

  #quarantineRecord({ record, fault }: RefusedRecord): QuarantineRecord {
    const feed = this.#deps.feed.definition.name
    const where = { feed, input: this.#input.name, places: !this.#input.repeatable }
    return quarantineRecord(where, record, { reason: fault.reason, detail: fault.message })
  }
}

function doubtsOf(records: readonly MappedRecord[]): RefusedRecord[] {
  return records
    .filter(({ doubts }) => doubts.length > 0)
    .map(({ record, doubts }) => ({ record, fault: new RecordFault('implausible', doubts.join('; ')) }))
}

function windowSummary(
  records: readonly MappedRecord[],
  written: ReadonlySet<MappedRecord>,
  faults: readonly RefusedRecord[],
): Summary {
  const faulty = new Set(faults.map(({ record }) => record))
  const unchanged = records.filter((record) => !written.has(record) && !faulty.has(record.record)).length
  return { read: records.length, written: written.size, unchanged, quarantined: countReasons(faults) }
}

function countReasons(refused: readonly RefusedRecord[]): Partial<Record<Reason, number>> {
  const counts: Partial<Record<Reason, number>> = {}
  for (const { fault } of refused) counts[fault.reason] = (counts[fault.reason] ?? 0) + 1
  return counts
}
