import { createHash } from 'node:crypto'
import type { FeedDefinition } from './feed-definition.ts'
import type { HubClient } from './hub-client.ts'
import type { Input } from './input.ts'
import type { Json, JsonMap } from './json.ts'
import { isJsonMap, member, textMember } from './json.ts'
import { addSummaries, NOTHING, type Summary, summaryJson, summaryOf } from './summary.ts'

/** Newest observations, per entity and attribute, that were there before the batch under way. */
export type Floors = Readonly<Record<string, Readonly<Record<string, string>>>>

/** How far an input has been taken. */
export interface Progress {
  /** So many records, oldest first, are with the hub or in quarantine. */
  readonly done: number
  /** Records up to here may be with the hub: they were being sent. */
  readonly claimed: number
  /** Instances of the claimed records that are older than these were late before sending began. */
  readonly floors: Floors
  readonly complete: boolean
  readonly summary: Summary
}

/** An input of which nothing was taken yet. */
export const UNTOUCHED: Progress = { done: 0, claimed: 0, floors: {}, complete: false, summary: NOTHING }

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

const RECENT_BYTES = 6
const RECENT_LIMIT = 10_000

/** The state of one feed, kept by the hub itself and reached over HTTP. */
export class FeedStore {
  readonly #client: HubClient
  readonly #definition: FeedDefinition
  #state: FeedState | undefined
  #recent: Set<string> | undefined

  constructor(client: HubClient, definition: FeedDefinition) {
    this.#client = client
    this.#definition = definition
  }

  /** Counters and transport memory, as the run before left them. */
  async state(): Promise<FeedState> {
    this.#state ??= stateOf(await this.#client.read(this.#path))
    return this.#state
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

  /** Keeps how far this input has been taken, before more of it is sent. */
  async keepProgress(
    key: string,
    input: Pick<Input, 'name' | 'repeatable'>,
    progress: Progress,
  ): Promise<void> {
    const { summary, floors, ...rest } = progress
    const retainDays = input.repeatable ? REPEATABLE_DAYS : FILE_DAYS
    const body = {
      ...rest,
      input: input.name,
      retainDays,
      floors: { ...floors },
      summary: summaryJson(summary),
    }
    await this.#client.write('PUT', `${this.#path}/checkpoints/${key}`, body)
  }

  /** Tells whether this observation was taken not long ago: sources repeat their latest ones. */
  async isRecent(identity: string): Promise<boolean> {
    return (await this.#recentSet()).has(short(identity))
  }

  /** Remembers observations that were taken, the latest ten thousand. */
  async keepRecent(identities: readonly string[]): Promise<void> {
    const recent = await this.#recentSet()
    const before = recent.size
    for (const identity of identities) recent.add(short(identity))
    if (recent.size === before) return
    this.#recent = new Set([...recent].slice(-RECENT_LIMIT))
    const hashes = Buffer.concat([...this.#recent].map((hash) => Buffer.from(hash, 'base64url')))
    await this.#client.write('PUT', `${this.#path}/checkpoints/recent`, {
      hashes: hashes.toString('base64url'),
    })
  }

  get #path(): string {
    return `/hub/v1/feeds/${this.#definition.name}`
  }

  async #recentSet(): Promise<Set<string>> {
    this.#recent ??= recentOf(await this.#client.read(`${this.#path}/checkpoints/recent`))
    return this.#recent
  }
}

function short(identity: string): string {
  return createHash('sha256').update(identity).digest().subarray(0, RECENT_BYTES).toString('base64url')
}

function recentOf(document: Json | undefined): Set<string> {
  const bytes = Buffer.from(textMember(document, 'hashes') ?? '', 'base64url')
  const count = Math.floor(bytes.length / RECENT_BYTES)
  const at = (index: number): Buffer => bytes.subarray(index * RECENT_BYTES, (index + 1) * RECENT_BYTES)
  return new Set(Array.from({ length: count }, (_, index) => at(index).toString('base64url')))
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
    definition: {
      title: definition.title,
      source: definition.source,
      dataProvider: definition.dataProvider,
      transport: definition.transport.kind,
      format: definition.format.kind,
    },
    counters: summaryJson(state.counters),
    checkpoint: { ...state.memory },
    lastRun: { input, startedAt, endedAt, summary: summaryJson(summary) },
    ...(error !== undefined && { lastError: { at: endedAt, text: error } }),
  }
}

function progressOf(document: Json | undefined): Progress {
  if (!isJsonMap(document)) return UNTOUCHED
  const floors = member(document, 'floors')
  return {
    done: Number(member(document, 'done') ?? 0),
    claimed: Number(member(document, 'claimed') ?? 0),
    complete: member(document, 'complete') === true,
    summary: summaryOf(member(document, 'summary')),
    floors: isJsonMap(floors) ? (floors as unknown as Floors) : {}, // written by keepProgress
  }
}
