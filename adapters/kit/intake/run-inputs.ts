import { deliver } from '../hub/deliver.ts'
import type { HubClient } from '../hub/hub-client.ts'
import { KnownState } from '../hub/known-state.ts'
import type { Judgement } from '../quality/judgement.ts'
import type { Reason } from '../values/fault.ts'
import { RecordFault } from '../values/fault.ts'
import type { Json } from '../values/json.ts'
import type { Feed } from './feed.ts'
import { type FeedStore, type Progress, UNTOUCHED } from './feed-store.ts'
import { type Inputs, inputsKey, inputsName } from './input.ts'
import { type MappedInput, type MappedRecord, mapInputs, type RefusedRecord } from './map-input.ts'
import {
  type QuarantineRecord,
  quarantineBatches,
  quarantineJson,
  quarantineRecord,
} from './quarantine-record.ts'
import type { RecentObservations } from './recent-observations.ts'
import { addSummaries, NOTHING, type Summary } from './summary.ts'
import { planWindow, type Unit } from './window.ts'

/** What taking an input needs. */
export interface RunDeps {
  readonly feed: Feed
  readonly client: HubClient
  readonly store: FeedStore
  /** Told after each batch: records taken so far, of how many. */
  readonly onProgress?: (done: number, total: number) => void
}

/**
 * Takes inputs together: maps their records, writes them in order, batch after batch, and keeps how far it came. What was
 * taken before, whole or in part, goes on where it stopped. @throws HubAway, HubRefusal
 */
export async function runInputs(deps: RunDeps, inputs: Inputs): Promise<Summary> {
  const key = inputsKey(deps.feed, inputs)
  const kept = await deps.store.progress(key)
  if (kept.complete && !inputs[0].repeatable) return takenBefore(kept.summary)
  const progress = kept.complete ? UNTOUCHED : kept
  const mapped = await mapInputs(deps.feed, inputs)
  const run = new InputRun(deps, inputs, key)
  return run.take(mapped, progress)
}

/** Answers the summary of an input that the hub has already: all of it is unchanged. */
function takenBefore({ read }: Summary): Summary {
  return { ...NOTHING, read, unchanged: read }
}

/** Inputs on their way into the hub. */
class InputRun {
  readonly #deps: RunDeps
  readonly #input: { readonly name: string; readonly repeatable: boolean }
  readonly #key: string
  readonly #known: KnownState

  constructor(deps: RunDeps, inputs: Inputs, key: string) {
    this.#deps = deps
    this.#input = { name: inputsName(inputs), repeatable: inputs[0].repeatable }
    this.#key = key
    this.#known = new KnownState(deps.feed.definition.context)
  }

  async take({ mapped, refused }: MappedInput, progress: Progress): Promise<Summary> {
    const { store, feed, onProgress } = this.#deps
    const recent = await store.recent()
    const before = mapped.slice(0, progress.done)
    remember(recent, before)
    await this.#account(before)
    await store.brought(before)
    let summary = progress.done > 0 ? progress.summary : await this.#setAside(refused)
    for (let start = progress.done; start < mapped.length; start += feed.definition.batchSize) {
      const done = Math.min(mapped.length, start + feed.definition.batchSize)
      const window = await this.#window(mapped.slice(start, done))
      summary = addSummaries(summary, window)
      if (window.unchanged < window.read && done < mapped.length) {
        await store.keepProgress(this.#key, this.#input, { done, complete: false, summary })
      }
      onProgress?.(done, mapped.length)
    }
    const latest = mapped.findLast(({ time }) => time !== undefined)?.time
    return this.#complete({ done: mapped.length, complete: true, summary }, latest)
  }

  async #complete(progress: Progress, latest: string | undefined): Promise<Summary> {
    const { read, unchanged } = progress.summary
    if (latest !== undefined) this.#deps.store.observed(latest)
    if (unchanged < read) await this.#deps.store.keepRecent()
    await this.#deps.store.quality?.inputEnded(progress.summary)
    await this.#deps.store.keepProgress(this.#key, this.#input, progress)
    return progress.summary
  }

  /** What was sent but not kept as progress is sent again after a crash: the hub then holds the same as before. */
  async #window(records: readonly MappedRecord[]): Promise<Summary> {
    const documents = records.flatMap((record) => record.documents)
    await this.#known.read(this.#deps.client, documents)
    const recent = await this.#deps.store.recent()
    const judgement = await this.#deps.store.quality?.judge(documents)
    const { written, refused } = await this.#send(planWindow(records, this.#known, recent), judgement)
    const faults = [...doubtsOf(records), ...refused]
    await this.#quarantine(faults)
    const left = new Set(refused.map(({ record }) => record))
    const kept = left.size === 0 ? records : records.filter(({ record }) => !left.has(record))
    remember(recent, kept)
    await this.#account(kept)
    await this.#deps.store.brought(kept)
    return windowSummary(records, written, faults)
  }

  /** What the hub has counts for the quality of the feed. */
  async #account(records: readonly MappedRecord[]): Promise<void> {
    const { quality } = this.#deps.store
    await quality?.take(await quality.judge(records.flatMap(({ documents }) => documents)))
  }

  async #send(
    units: readonly Unit[],
    judgement: Judgement | undefined,
  ): Promise<{ written: ReadonlySet<MappedRecord>; refused: readonly RefusedRecord[] }> {
    const documents = units.map(({ document }) => judgement?.marked(document) ?? document)
    const refusals = await deliver(this.#deps.client, documents, this.#deps.feed.definition.context)
    const written = new Set<MappedRecord>()
    const refused: RefusedRecord[] = []
    for (const [index, { document, records }] of units.entries()) {
      const refusal = refusals[index]
      if (refusal === undefined) for (const record of records) written.add(record)
      else {
        this.#known.forget(document.id)
        const fault = new RecordFault('refused', refusal)
        refused.push(...records.map(({ record, input }) => ({ record, input, fault })))
      }
    }
    return { written, refused }
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

  #quarantineRecord({ record, input, fault }: RefusedRecord): QuarantineRecord {
    const { name: feed, privacy } = this.#deps.feed.definition
    const { name, receivedAt } = input
    const came = receivedAt === undefined ? {} : { cameAt: receivedAt }
    const place = { feed, input: name, ...came, places: !this.#input.repeatable }
    // pictures and credentials may be anywhere in what a camera sent
    const where = privacy ? ({ ...place, bytes: false } as const) : place
    return quarantineRecord(where, record, { reason: fault.reason, detail: fault.message })
  }
}

function remember(recent: RecentObservations, records: readonly MappedRecord[]): void {
  for (const { documents } of records) for (const document of documents) recent.add(document)
}

function doubtsOf(records: readonly MappedRecord[]): RefusedRecord[] {
  return records
    .filter(({ doubts }) => doubts.length > 0)
    .map(({ record, input, doubts }) => ({
      record,
      input,
      fault: new RecordFault('implausible', doubts.join('; ')),
    }))
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
