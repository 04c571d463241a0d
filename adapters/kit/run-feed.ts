import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileTransport } from '../transports/files.ts'
import { httpPoll } from '../transports/http-poll.ts'
import type { Intake, Transport } from '../transports/transport.ts'
import { webhook } from '../transports/webhook.ts'
import { pauseOf, RETRY, type RetryPlan } from './backoff.ts'
import type { Feed } from './feed.ts'
import type { FeedDefinition } from './feed-definition.ts'
import { FeedStore, type TransportMemory } from './feed-store.ts'
import { hubClient } from './hub-client.ts'
import { HubAway, type HubConnection } from './hub-connection.ts'
import type { Input } from './input.ts'
import type { QuarantineRecord } from './quarantine-record.ts'
import { type ReplayOutcome, replayRecord } from './replay.ts'
import { type RunDeps, runInput } from './run-input.ts'
import { NOTHING, type Summary } from './summary.ts'

/** What a feed tells while it runs; texts are free of what records say. */
export interface FeedEvent {
  readonly feed: string
  readonly kind: 'taken' | 'failed' | 'waiting'
  readonly text: string
  readonly summary?: Summary
  readonly cause?: unknown
}

/** What a feed needs to run. */
export interface FeedRunOptions {
  readonly connection: HubConnection
  readonly onEvent?: (event: FeedEvent) => void
  readonly retry?: Partial<RetryPlan>
}

/** A feed that runs until it is stopped. */
export interface RunningFeed {
  readonly definition: FeedDefinition
  /** Takes bytes that were sent to the feed. @throws HubAway, HubRefusal */
  receive(body: Uint8Array): Promise<Summary>
  replay(record: QuarantineRecord): Promise<ReplayOutcome>
  stop(): Promise<void>
}

/** Runs a feed: one input at a time, each tried again until the hub has taken it. */
export function runFeed(feed: Feed, options: FeedRunOptions): RunningFeed {
  const stopping = new AbortController()
  const runner = new FeedRunner(feed, options, stopping.signal)
  const running = transportOf(feed.definition)(runner, stopping.signal)
  return {
    definition: feed.definition,
    receive: (body) => runner.receive(body),
    replay: (record) => runner.replay(record),
    stop: async () => {
      stopping.abort()
      await running
      await runner.idle()
    },
  }
}

function transportOf({ transport, file, maxBytes }: FeedDefinition): Transport {
  switch (transport.kind) {
    case 'directory':
      return fileTransport(transport, path.resolve(path.dirname(file), transport.path), maxBytes)
    case 'http-poll':
      return httpPoll(transport, maxBytes)
    case 'webhook':
      return webhook()
    default:
      return transport satisfies never
  }
}

/** Puts everything that a feed does in one line, so that it never meets itself. */
class FeedRunner implements Intake {
  readonly #deps: RunDeps
  readonly #options: FeedRunOptions
  readonly #signal: AbortSignal
  #line: Promise<unknown> = Promise.resolve()
  #declared = false

  constructor(feed: Feed, options: FeedRunOptions, signal: AbortSignal) {
    const client = hubClient(options.connection, { ...options.retry, signal })
    this.#deps = { feed, client, store: new FeedStore(client, feed.definition) }
    this.#options = options
    this.#signal = signal
  }

  async take(input: Input, memory?: TransportMemory): Promise<void> {
    for (let attempt = 1; !this.#signal.aborted; attempt++) {
      try {
        await this.#inLine(() => this.#run(input, memory))
        return
      } catch (error) {
        await this.#pause(input, attempt, error)
      }
    }
  }

  async memory(): Promise<TransportMemory> {
    return (await this.#deps.store.state()).memory
  }

  async failed(text: string, cause?: unknown): Promise<void> {
    const now = new Date().toISOString()
    const end = {
      input: this.#deps.feed.definition.transport.kind,
      startedAt: now,
      endedAt: now,
      error: text,
    }
    await this.#inLine(() => this.#deps.store.end({ ...end, summary: NOTHING })).catch((error: unknown) =>
      this.#tell({ kind: 'failed', text: 'State of the feed cannot be kept', cause: error }),
    )
    // told when it can be read in the state of the feed
    this.#tell({ kind: 'failed', text, cause })
  }

  receive(bytes: Uint8Array): Promise<Summary> {
    return this.#inLine(() => this.#run({ name: 'webhook', bytes, repeatable: true }))
  }

  replay(record: QuarantineRecord): Promise<ReplayOutcome> {
    return this.#inLine(() => replayRecord(this.#deps, record))
  }

  async idle(): Promise<void> {
    await this.#line.catch(() => undefined)
  }

  async #run(input: Input, memory?: TransportMemory): Promise<Summary> {
    const startedAt = new Date().toISOString()
    if (!this.#declared) await this.#deps.store.declare()
    this.#declared = true
    const summary = await runInput(this.#deps, input)
    const run = { input: input.name, startedAt, endedAt: new Date().toISOString(), summary }
    await this.#deps.store.end(run, memory)
    this.#tell({ kind: 'taken', text: `${summary.read} records of ${input.name} are taken`, summary })
    return summary
  }

  #inLine<T>(task: () => Promise<T>): Promise<T> {
    const next = this.#line.then(task, task)
    this.#line = next.catch(() => undefined)
    return next
  }

  async #pause(input: Input, attempt: number, cause: unknown): Promise<void> {
    if (this.#signal.aborted) return
    const away = cause instanceof HubAway
    this.#tell({ kind: away ? 'waiting' : 'failed', text: `${input.name} is not taken yet`, cause })
    const pauseMs = pauseOf({ ...RETRY, ...this.#options.retry }, attempt)
    await wait(pauseMs, undefined, { signal: this.#signal }).catch(() => undefined)
  }

  #tell(event: Omit<FeedEvent, 'feed'>): void {
    this.#options.onEvent?.({ feed: this.#deps.feed.definition.name, ...event })
  }
}
