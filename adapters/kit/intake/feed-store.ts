import { createHash } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { FeedDefinition } from '../definition/feed-definition.ts'
import type { HubClient } from '../hub/hub-client.ts'
import type { Json } from '../values/json.ts'
import { isJsonMap, member, textMember } from '../values/json.ts'
import { addBrought } from './brought.ts'
import { definitionJson, type FeedState, stateJson, stateOf, type TransportMemory } from './feed-state.ts'
import type { Input } from './input.ts'
import { KeptQuality } from './kept-quality.ts'
import type { MappedRecord } from './map-input.ts'
import { RecentObservations } from './recent-observations.ts'
import { addSummaries, NOTHING, type Summary, summaryJson, summaryOf } from './summary.ts'

/** How far an input has been taken. */
export interface Progress {
  /** So many records, oldest first, are with the hub or in quarantine. */
  readonly done: number
  /** Of so many that were mapped: where it is another number, the mapping is another, and these are not the same records. */
  readonly total: number
  readonly complete: boolean
  readonly summary: Summary
}

/** An input of which nothing was taken yet. */
export const UNTOUCHED: Progress = { done: 0, total: 0, complete: false, summary: NOTHING }

/** What is known of a run when it ends. */
export interface RunEnd {
  readonly input: string
  readonly startedAt: string
  readonly endedAt: string
  readonly summary: Summary
}

/** Why a source gave nothing. */
export interface SourceError {
  readonly at: string
  readonly text: string
  /** Visits that failed in a row. */
  readonly failures: number
  /** When the source is tried again. */
  readonly retryAt: string
}

/** How long the hub remembers that it took an input: files lie about for long, polls and webhooks do not. */
const FILE_DAYS = 400
const REPEATABLE_DAYS = 7

/** How often the recent observations are kept at most: without them the hub is told again what it has. */
const RECENT_MS = 10_000

/** The state of one feed, kept by the hub itself and reached over HTTP. */
export class FeedStore {
  readonly #client: HubClient
  readonly #definition: FeedDefinition
  #state: FeedState | undefined
  /** The hub has a state of this feed. */
  #isKept = false
  #recent: RecentObservations | undefined
  /** How good its data are; absent: nobody wants to know. */
  readonly quality: KeptQuality | undefined
  /** There is something in it that the hub does not keep yet. */
  #isRecentNew = false
  #recentKeptAt = 0

  constructor(client: HubClient, definition: FeedDefinition) {
    this.quality = definition.quality && new KeptQuality(client, definition)
    this.#client = client
    this.#definition = definition
  }

  /** Counters and transport memory, as the run before left them. */
  async state(): Promise<FeedState> {
    if (!this.#state) {
      const document = await this.#client.read(this.#path)
      this.#isKept = document !== undefined
      this.#state = stateOf(document)
    }
    return this.#state
  }

  /** Says what its data may be read for, before there is any, where the hub does not know it yet. */
  async declare(): Promise<void> {
    const { use, source } = this.#definition
    const document = await this.#client.read(this.#path)
    const before = member(document, 'definition')
    const known = { source: member(before, 'source'), use: member(before, 'use') }
    if (!isDeepStrictEqual(known, { source, use }) && (use || known.use !== undefined))
      await this.#client.write('PUT', this.#path, {
        ...(isJsonMap(document) && document),
        definition: definitionJson(this.#definition),
      })
  }

  /** Notes of which types and times the records are that the hub has; kept with the end of the run. */
  async brought(records: readonly MappedRecord[]): Promise<void> {
    const state = await this.state()
    this.#state = { ...state, brought: addBrought(state.brought, records) }
  }

  /** Adds the end of a run to the state. */
  async end({ summary, ...run }: RunEnd): Promise<void> {
    const before = await this.state()
    await this.#keep({
      counters: addSummaries(before.counters, summary),
      brought: before.brought,
      memory: before.memory,
      lastRun: { ...run, summary: summaryJson(summary) },
    })
  }

  /** Keeps why the source gave nothing. */
  async failed(error: SourceError): Promise<void> {
    await this.#keep({ ...(await this.state()), lastError: { ...error } })
  }

  /** Keeps that the source answers, where that is news. */
  async reached(): Promise<void> {
    const { lastError, ...state } = await this.state()
    if (lastError !== undefined || !this.#isKept) await this.#keep(state)
  }

  /** Keeps what the transport has to remember. */
  async remember(memory: TransportMemory): Promise<void> {
    await this.#keep({ ...(await this.state()), memory })
  }

  /** Answers what became of what a source names so; undefined when it was not taken. */
  async taken(mark: string): Promise<Summary | undefined> {
    const { complete, summary } = await this.progress(this.#keyOf(mark))
    return complete ? summary : undefined
  }

  /** Keeps that what a source names so was taken. */
  async keepTaken(mark: string, input: Pick<Input, 'name' | 'repeatable'>, summary: Summary): Promise<void> {
    const { read } = summary
    await this.keepProgress(this.#keyOf(mark), input, { done: read, total: read, complete: true, summary })
  }

  /** How far this input has been taken. */
  async progress(key: string): Promise<Progress> {
    return progressOf(await this.#client.read(`${this.#path}/checkpoints/${key}`))
  }

  /** Keeps how far this input has been taken. */
  async keepProgress(
    key: string,
    input: Pick<Input, 'name' | 'repeatable'>,
    progress: Progress,
  ): Promise<void> {
    const retainDays = input.repeatable ? REPEATABLE_DAYS : FILE_DAYS
    const takenAt = new Date().toISOString()
    const body = {
      ...progress,
      input: input.name,
      takenAt,
      retainDays,
      summary: summaryJson(progress.summary),
    }
    await this.#client.write('PUT', `${this.#path}/checkpoints/${key}`, body)
  }

  /** The observations that were taken not long ago: sources repeat their latest ones. */
  async recent(): Promise<RecentObservations> {
    this.#recent ??= new RecentObservations(
      textMember(await this.#client.read(this.#recentPath), 'observations'),
    )
    return this.#recent
  }

  /** Keeps the recent observations, now or with those that come next. */
  async keepRecent(): Promise<void> {
    this.#isRecentNew = true
    if (Date.now() - this.#recentKeptAt >= RECENT_MS) await this.close()
  }

  /** Keeps what was not kept yet. */
  async close(): Promise<void> {
    if (!this.#isRecentNew) return
    const observations = (await this.recent()).toText()
    await this.#client.write('PUT', this.#recentPath, { observations })
    this.#isRecentNew = false
    this.#recentKeptAt = Date.now()
  }

  async #keep(state: FeedState): Promise<void> {
    await this.#client.write('PUT', this.#path, stateJson(this.#definition, state))
    this.#state = state
    this.#isKept = true
  }

  #keyOf(mark: string): string {
    return createHash('sha256').update(`${this.#definition.source}\0mark\0${mark}`).digest('hex')
  }

  get #path(): string {
    return `/hub/v1/feeds/${this.#definition.name}`
  }

  get #recentPath(): string {
    return `${this.#path}/checkpoints/recent`
  }
}

function progressOf(document: Json | undefined): Progress {
  if (!isJsonMap(document)) return UNTOUCHED
  return {
    done: Number(member(document, 'done') ?? 0),
    total: Number(member(document, 'total') ?? 0),
    complete: member(document, 'complete') === true,
    summary: summaryOf(member(document, 'summary')),
  }
}
