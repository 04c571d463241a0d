import type { HubClient } from '../hub/hub-client.ts'
import { KnownState } from '../hub/known-state.ts'
import { type Reason, RecordFault } from '../values/fault.ts'
import type { Json } from '../values/json.ts'
import type { Feed } from './feed.ts'
import { type FeedStore, type Progress, UNTOUCHED } from './feed-store.ts'
import { type Inputs, inputsKey, inputsName } from './input.ts'
import {
  type MappedInput,
  type MappedRecord,
  mapInputs,
  type Notice,
  type RefusedRecord,
} from './map-input.ts'
import {
  type QuarantineRecord,
  quarantineBatches,
  quarantineJson,
  quarantineRecord,
} from './quarantine-record.ts'
import { addSummaries, NOTHING, type Summary } from './summary.ts'
import { listedRecords } from './window.ts'
import { documentsOf, remember, writeRecords } from './write-records.ts'

/** What taking an input needs. */
export interface RunDeps {
  readonly feed: Feed
  readonly client: HubClient
  readonly store: FeedStore
  /** Told after each batch: records taken so far, of how many. */
  readonly onProgress?: (done: number, total: number) => void
}

/** What became of inputs. */
export interface Taken {
  readonly summary: Summary
  /** No record of it could be read: the pieces after it cannot either. */
  readonly isUnreadable: boolean
}

/**
 * Takes inputs together: maps their records, writes them in order, batch after batch, and keeps how far it came. What was
 * taken before, whole or in part, goes on where it stopped; what quarantine cannot keep whole is read anew when it comes again.
 * Notices that are in `told` are not told again. @throws HubAway, HubRefusal
 */
export async function runInputs(
  deps: RunDeps,
  inputs: Inputs,
  told: Set<string> = new Set(),
): Promise<Taken> {
  const key = inputsKey(deps.feed, inputs)
  const kept = await deps.store.progress(key)
  if (kept.complete && !inputs[0].repeatable)
    return { summary: takenBefore(kept.summary), isUnreadable: false }
  const mapped = await mapInputs(deps.feed, inputs)
  const goesOn = !kept.complete && kept.total === mapped.mapped.length
  const progress = goesOn ? kept : UNTOUCHED
  const summary = await new InputRun(deps, inputs, key).take(mapped, progress, told)
  return { summary, isUnreadable: mapped.refused.some(({ holds }) => holds === 'input') }
}

/** Answers the summary of an input that the hub has already: all of it is unchanged. */
function takenBefore({ read }: Summary): Summary {
  return { ...NOTHING, read, unchanged: read }
}

/** How far it came is kept so often at most: what was sent since is sent again after a crash, and changes nothing. */
const PROGRESS_MS = 1000

/** Inputs on their way into the hub. */
class InputRun {
  readonly #deps: RunDeps
  readonly #input: { readonly name: string; readonly repeatable: boolean }
  readonly #key: string
  readonly #known: KnownState
  #keptAt = Date.now()
  /** The hub knows how far it came. */
  #isKept = false
  #notices = 0
  /** Quarantine has all that was set aside, and not its beginning alone. */
  #isWhole = true

  constructor(deps: RunDeps, inputs: Inputs, key: string) {
    this.#deps = deps
    this.#input = { name: inputsName(inputs), repeatable: inputs[0].repeatable }
    this.#key = key
    this.#known = new KnownState(deps.feed.definition.context)
  }

  async take(
    { mapped, refused, notices }: MappedInput,
    progress: Progress,
    told: Set<string>,
  ): Promise<Summary> {
    const { store, feed, onProgress } = this.#deps
    await remember(store, listedRecords(mapped.slice(0, progress.done)))
    const aside = this.#recordsOf(refused)
    const { length: total } = mapped
    let summary = progress.summary
    this.#isKept = progress.done > 0
    if (progress.done === 0) {
      await this.#quarantine(aside)
      const read = { ...NOTHING, read: refused.length, quarantined: countReasons(refused) }
      summary = addSummaries(read, await this.#tell(notices, told))
    }
    for (let start = progress.done; start < mapped.length; start += feed.definition.batchSize) {
      const done = Math.min(mapped.length, start + feed.definition.batchSize)
      const ahead = mapped.slice(done, done + feed.definition.batchSize)
      const window = await this.#window(mapped.slice(start, done), ahead)
      summary = addSummaries(summary, window)
      if (window.unchanged < window.read && done < mapped.length) {
        await this.#keepProgress({ done, total, complete: false, summary })
      }
      onProgress?.(done, total)
    }
    return this.#complete({ done: total, total, complete: true, summary })
  }

  async #keepProgress(progress: Progress): Promise<void> {
    if (Date.now() - this.#keptAt < PROGRESS_MS) return
    await this.#deps.store.keepProgress(this.#key, this.#input, progress)
    this.#keptAt = Date.now()
    this.#isKept = true
  }

  async #complete(progress: Progress): Promise<Summary> {
    const { read, unchanged } = progress.summary
    if (unchanged < read) await this.#deps.store.keepRecent()
    await this.#deps.store.quality?.inputEnded(progress.summary, this.#notices)
    // what may come again is read again: only where it stopped is worth keeping, and what lineage leads back to
    if (!this.#input.repeatable || this.#isKept || this.#deps.feed.definition.lineage)
      await this.#deps.store.keepProgress(this.#key, this.#input, this.#isWhole ? progress : UNTOUCHED)
    return progress.summary
  }

  /** What was sent but not kept as progress is sent again after a crash: the hub then holds the same as before. */
  async #window(records: readonly MappedRecord[], ahead: readonly MappedRecord[]): Promise<Summary> {
    const doubtful = doubtsOf(records)
    await this.#quarantine(this.#recordsOf(doubtful))
    const writing = writeRecords({ ...this.#deps, delivery: this.#key }, this.#known, records)
    // what the hub holds of those after them is read meanwhile, else when it is their turn
    void this.#known.read(this.#deps.client, documentsOf(ahead)).catch(() => undefined)
    const { written, refused } = await writing
    await this.#quarantine(this.#recordsOf(refused))
    return windowSummary(records, written, [...doubtful, ...refused])
  }

  /** What is new about a source is no record: quarantine has what it says. */
  async #tell(notices: readonly Notice[], told: Set<string>): Promise<Summary> {
    const news = noticed(notices.filter(({ input, text }) => !told.has(`${input.name} ${text}`)))
    for (const { input, text } of notices) told.add(`${input.name} ${text}`)
    await this.#quarantine(news.map((one) => this.#recordOf(one)))
    this.#notices = news.length
    return { ...NOTHING, quarantined: countReasons(news) }
  }

  async #quarantine(records: readonly QuarantineRecord[]): Promise<void> {
    for (const some of quarantineBatches(records)) {
      const body: Json = some.map(quarantineJson)
      await this.#deps.client.write('POST', '/hub/v1/quarantine', body)
    }
  }

  #recordsOf(refused: readonly RefusedRecord[]): readonly QuarantineRecord[] {
    const records = refused.map((one) => this.#recordOf(one))
    if (records.some(({ truncatedFrom }) => truncatedFrom !== undefined)) this.#isWhole = false
    return records
  }

  #recordOf({ record, input, fault, ...about }: RefusedRecord): QuarantineRecord {
    const { name: feed, privacy } = this.#deps.feed.definition
    const { name, receivedAt } = input
    const came = receivedAt === undefined ? {} : { cameAt: receivedAt }
    const place = { feed, input: name, ...came, places: !this.#input.repeatable }
    // pictures and credentials may be anywhere in what a camera sent
    const where = privacy ? ({ ...place, bytes: false } as const) : place
    return quarantineRecord(where, { ...record, ...about }, { reason: fault.reason, detail: fault.message })
  }
}

/** Notices of one input make one record. */
function noticed(notices: readonly Notice[]): readonly RefusedRecord[] {
  const byInput = new Map<string, Notice[]>()
  for (const notice of notices) {
    const { name } = notice.input
    byInput.set(name, [...(byInput.get(name) ?? []), notice])
  }
  return [...byInput.values()].flatMap((all) => {
    const [first] = all
    const texts = [...new Set(all.map(({ text }) => text))].sort()
    const raw = texts.map((text) => {
      const said = new Set(all.flatMap((one) => (one.text === text ? [...one.said] : [])))
      return said.size === 0 ? text : `${text}: ${[...said].sort().join(', ')}`
    })
    const fault = new RecordFault('unmapped', texts.join('; '))
    const record = { raw: Buffer.from(raw.join('; ')) }
    return first ? [{ record, input: first.input, fault, holds: 'notice' as const }] : []
  })
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
