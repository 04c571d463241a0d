import { isDeepStrictEqual } from 'node:util'
import type { FeedDefinition } from './feed-definition.ts'
import type { HubClient } from './hub-client.ts'
import type { Input } from './input.ts'
import type { Json, JsonMap } from './json.ts'
import { isJsonMap, member, textMember } from './json.ts'
import { RecentObservations } from './recent-observations.ts'
import { addSummaries, NOTHING, type Summary, summaryJson, summaryOf } from './summary.ts'

/** How far an input has been taken. */
export interface Progress {
  /** So many records, oldest first, are with the hub or in quarantine. */
  readonly done: number
  readonly complete: boolean
  readonly summary: Summary
}

/** An input of which nothing was taken yet. */
export const UNTOUCHED: Progress = { done: 0, complete: false, summary: NOTHING }

/** What a transport has to remember between its runs, such as an ETag. */
export type TransportMemory = Readonly<Record<string, string>>

/** What a hub keeps of a feed. */
export interface FeedState {
  readonly counters: Summary
  readonly memory: TransportMemory
}

/** What is known of a run when it ends. */
export interface RunEnd {
  readonly input: string
  readonly startedAt: string
  readonly endedAt: string
  readonly summary: Summary
  readonly error?: string
}

/** How long the hub remembers that it took an input: files lie about for long, polls and webhooks do not. */
const FILE_DAYS = 400
const REPEATABLE_DAYS = 7

/** The state of one feed, kept by the hub itself and reached over HTTP. */
export class FeedStore {
  readonly #client: HubClient
  readonly #definition: FeedDefinition
  #state: FeedState | undefined
  #recent: RecentObservations | undefined

  constructor(client: HubClient, definition: FeedDefinition) {
    this.#client = client
    this.#definition = definition
  }

  /** Counters and transport memory, as the run before left them. */
  async state(): Promise<FeedState> {
    this.#state ??= stateOf(await this.#client.read(this.#path))
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

  /** Adds the end of a run to the state. */
  async end(run: RunEnd, memory?: TransportMemory): Promise<void> {
    const before = await this.state()
    this.#state = { counters: addSummaries(before.counters, run.summary), memory: memory ?? before.memory }
    await this.#client.write('PUT', this.#path, stateJson(this.#definition, this.#state, run))
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
    const body = { ...progress, input: input.name, retainDays, summary: summaryJson(progress.summary) }
    await this.#client.write('PUT', `${this.#path}/checkpoints/${key}`, body)
  }

  /** The observations that were taken not long ago: sources repeat their latest ones. */
  async recent(): Promise<RecentObservations> {
    this.#recent ??= new RecentObservations(
      textMember(await this.#client.read(this.#recentPath), 'observations'),
    )
    return this.#recent
  }

  /** Keeps the recent observations as they are now. */
  async keepRecent(): Promise<void> {
    const observations = (await this.recent()).toText()
    await this.#client.write('PUT', this.#recentPath, { observations })
  }

  get #path(): string {
    return `/hub/v1/feeds/${this.#definition.name}`
  }

  get #recentPath(): string {
    return `${this.#path}/checkpoints/recent`
  }
}

function stateOf(document: Json | undefined): FeedState {
  const memory = member(document, 'checkpoint')
  const pairs = isJsonMap(memory) ? Object.entries(memory) : []
  const texts = pairs.filter((pair): pair is [string, string] => typeof pair[1] === 'string')
  return { counters: summaryOf(member(document, 'counters')), memory: Object.fromEntries(texts) }
}

function stateJson(definition: FeedDefinition, state: FeedState, run: RunEnd): JsonMap {
  const { input, startedAt, endedAt, summary, error } = run
  return {
    definition: definitionJson(definition),
    counters: summaryJson(state.counters),
    checkpoint: { ...state.memory },
    lastRun: { input, startedAt, endedAt, summary: summaryJson(summary) },
    ...(error !== undefined && { lastError: { at: endedAt, text: error } }),
  }
}

function definitionJson({
  title,
  source,
  dataProvider,
  transport,
  format,
  privacy,
  use,
}: FeedDefinition): JsonMap {
  return {
    ...{ title, source, dataProvider, transport: transport.kind, format: format.kind },
    ...(privacy && { privacy: { ...privacy } }),
    ...(use && { use: { ...use } }),
  }
}

function progressOf(document: Json | undefined): Progress {
  if (!isJsonMap(document)) return UNTOUCHED
  return {
    done: Number(member(document, 'done') ?? 0),
    complete: member(document, 'complete') === true,
    summary: summaryOf(member(document, 'summary')),
  }
}
