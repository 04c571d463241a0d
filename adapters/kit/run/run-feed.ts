import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type Delivery, SourceFault, type Visit } from '../../transports/transport.ts'
import type { FeedDefinition } from '../definition/feed-definition.ts'
import type { Environment } from '../definition/secret.ts'
import { pauseOf, RETRY, type RetryPlan } from '../hub/backoff.ts'
import { hubClient } from '../hub/hub-client.ts'
import { HubAway, type HubConnection } from '../hub/hub-connection.ts'
import type { Feed } from '../intake/feed.ts'
import { FeedStore } from '../intake/feed-store.ts'
import { type Inputs, inputsName } from '../intake/input.ts'
import type { QuarantineRecord } from '../intake/quarantine-record.ts'
import { type ReplayOutcome, replayRecord } from '../intake/replay.ts'
import type { RunDeps } from '../intake/run-inputs.ts'
import { addSummaries, NOTHING, type Summary } from '../intake/summary.ts'
import { takeInputs } from '../intake/take-inputs.ts'
import { dayOf, startOf } from '../quality/days.ts'
import type { Figures } from '../quality/quality-account.ts'
import { type Failure, type Intake, runTransport, SOURCE_RETRY, takenOf } from './run-transport.ts'
import { secretsBeside } from './secrets-beside.ts'
import { type Sent, senderCheck } from './sender-proof.ts'
import { transportOf } from './transport-of.ts'

/** What a feed tells while it runs; texts are free of what records say. */
export interface FeedEvent {
  readonly feed: string
  readonly kind: 'taken' | 'failed' | 'waiting' | 'redefined' | 'misdefined'
  readonly text: string
  readonly summary?: Summary
  readonly cause?: unknown
}

/** What a feed needs to run. */
export interface FeedRunOptions {
  readonly connection: HubConnection
  /** Variables that credentials may be in. */
  readonly environment?: Environment
  readonly onEvent?: (event: FeedEvent) => void
  readonly retry?: Partial<RetryPlan>
}

/** When a feed was at its source. */
export interface FeedVisits {
  /** When the last visit began; one that listens goes on. */
  readonly visitedAt?: string
  /** When the next is due; absent: one is under way. */
  readonly nextVisitAt?: string
}

/** A feed that runs until it is stopped. */
export interface RunningFeed {
  readonly definition: FeedDefinition
  /** From whom it takes records: from callers who may, or from senders who prove who they are; undefined: from nobody. */
  readonly takesFrom: 'callers' | 'senders' | undefined
  visits(): FeedVisits
  /** Takes what was sent to the feed, or says why not. @throws HubAway, HubRefusal */
  receive(sent: Sent): Promise<Summary | { readonly refused: string }>
  replay(record: QuarantineRecord): Promise<ReplayOutcome>
  /** How good its data are today, by attribute. */
  figures(): readonly Figures[]
  stop(): Promise<void>
}

/** Runs a feed: one delivery at a time, each tried again until the hub has taken it. */
export function runFeed(feed: Feed, options: FeedRunOptions): RunningFeed {
  const stopping = new AbortController()
  const { signal } = stopping
  const runner = new FeedRunner(feed, options, signal)
  const { transport, file } = feed.definition
  const secrets = secretsBeside(path.dirname(file), options.environment ?? {})
  const check = senderCheck(transport, secrets)
  const retry = { ...SOURCE_RETRY, ...options.retry }
  const running = Promise.all([
    runTransport(transportOf(feed.definition, secrets), runner, { signal, retry }),
    runner.tellDays(),
  ])
  return {
    definition: feed.definition,
    takesFrom: check ? 'senders' : transport.kind === 'webhook' ? 'callers' : undefined,
    visits: () => runner.visits,
    receive: async (sent) => {
      const proof = check ? await check(sent) : {}
      return 'refused' in proof ? proof : runner.receive(sent.body, proof.mark)
    },
    replay: (record) => runner.replay(record),
    figures: () => runner.figures(),
    stop: async () => {
      stopping.abort()
      await running
      await runner.idle()
    },
  }
}

/** Visits the source of a feed once, and takes what it gives. @throws SourceFault, HubAway, HubRefusal */
export async function runOnce(feed: Feed, options: FeedRunOptions): Promise<Summary> {
  const runner = new FeedRunner(feed, options, new AbortController().signal)
  const secrets = secretsBeside(path.dirname(feed.definition.file), options.environment ?? {})
  const visit = await runner.visit()
  let summary = NOTHING
  const intake = { take: (delivery: Delivery) => runner.takeNow(delivery) }
  for await (const taken of takenOf(transportOf(feed.definition, secrets).visit(visit), intake))
    summary = addSummaries(summary, taken)
  await visit.reached()
  return summary
}

/** What came in the last minutes of a day is told with it. */
const SETTLES_MS = 600_000

/** Notes when inputs came, where their transport does not say. */
function received(inputs: Inputs): Inputs {
  const receivedAt = new Date().toISOString()
  const [first, ...others] = inputs
  return [{ receivedAt, ...first }, ...others.map((input) => ({ receivedAt, ...input }))]
}

/** Puts everything that a feed does in one line, so that it never meets itself. */
class FeedRunner implements Intake {
  readonly #deps: RunDeps
  readonly #options: FeedRunOptions
  readonly #signal: AbortSignal
  #line: Promise<unknown> = Promise.resolve()
  #declared = false
  visits: FeedVisits = {}

  constructor(feed: Feed, options: FeedRunOptions, signal: AbortSignal) {
    const client = hubClient(options.connection, { ...options.retry, signal })
    this.#deps = { feed, client, store: new FeedStore(client, feed.definition) }
    this.#options = options
    this.#signal = signal
  }

  rests(milliseconds: number): void {
    this.visits = { ...this.visits, nextVisitAt: new Date(Date.now() + milliseconds).toISOString() }
  }

  async visit(): Promise<Visit> {
    const { store } = this.#deps
    this.visits = { visitedAt: new Date().toISOString() }
    return {
      memory: (await this.#inLine(() => store.state())).memory,
      signal: this.#signal,
      isTaken: (mark) => this.#inLine(async () => (await store.taken(mark)) !== undefined),
      remember: (memory) => this.#inLine(() => store.remember(memory)),
      reached: () => this.#inLine(() => store.reached()),
    }
  }

  async take(given: Delivery): Promise<Summary> {
    const delivery = { ...given, inputs: received(given.inputs) }
    for (let attempt = 1; ; attempt++) {
      this.#signal.throwIfAborted()
      try {
        return await this.#inLine(() => this.#run(delivery))
      } catch (error) {
        await this.#pause(delivery, attempt, error)
      }
    }
  }

  /** Takes a delivery, or fails where the hub does not. @throws HubAway, HubRefusal */
  takeNow({ inputs, ...delivery }: Delivery): Promise<Summary> {
    return this.#inLine(() => this.#run({ ...delivery, inputs: received(inputs) }))
  }

  async failed({ cause, ...failure }: Failure): Promise<void> {
    if (cause instanceof HubAway) {
      this.#tell({ kind: 'waiting', text: 'Hub is away', cause })
      return
    }
    const error = { ...failure, at: new Date().toISOString() }
    await this.#inLine(() => this.#deps.store.failed(error)).catch((reason: unknown) =>
      this.#tell({ kind: 'failed', text: 'State of the feed cannot be kept', cause: reason }),
    )
    // told when it can be read in the state of the feed; what clients say may hold more than is to be logged
    this.#tell({ kind: 'failed', text: failure.text, cause: nameOf(cause) })
  }

  receive(bytes: Uint8Array, mark?: string): Promise<Summary> {
    const { kind: name } = this.#deps.feed.definition.transport
    const inputs = received([{ name, bytes, repeatable: true }])
    return this.#inLine(async () => {
      const before = mark === undefined ? undefined : await this.#deps.store.taken(mark)
      if (before) return { ...NOTHING, read: before.read, unchanged: before.read }
      return this.#run({ inputs, ...(mark !== undefined && { mark }) })
    })
  }

  replay(record: QuarantineRecord): Promise<ReplayOutcome> {
    return this.#inLine(() => replayRecord(this.#deps, record))
  }

  figures(): readonly Figures[] {
    return this.#deps.store.quality?.figures() ?? []
  }

  /** Tells when a day is over how good it was, also when nothing comes any more; ends when the feed is stopped. */
  async tellDays(): Promise<void> {
    const { quality } = this.#deps.store
    while (quality && !this.#signal.aborted) {
      const pause = await this.#inLine(() => quality.tellDays()).then(
        () => untilNextDay(Date.now()) + SETTLES_MS,
        (cause: unknown) => {
          if (!this.#signal.aborted)
            this.#tell({ kind: 'waiting', text: 'Quality cannot be told yet', cause })
          return SETTLES_MS
        },
      )
      const { refused } = quality
      if (refused !== undefined)
        this.#tell({ kind: 'failed', text: `Assessments of its quality are refused: ${refused}` })
      await wait(pause, undefined, { signal: this.#signal }).catch(() => undefined)
    }
  }

  /** Ends when nothing is under way any more. */
  async idle(): Promise<void> {
    // a hub that is away does not keep a feed from stopping
    await this.#inLine(() => this.#deps.store.close()).catch(() => undefined)
  }

  async #run({ inputs, mark }: Delivery): Promise<Summary> {
    const { store } = this.#deps
    const [startedAt, input] = [new Date().toISOString(), inputsName(inputs)]
    if (!this.#declared) await store.declare()
    this.#declared = true
    const summary = await takeInputs(this.#deps, inputs)
    if (mark !== undefined) await store.keepTaken(mark, inputs[0], summary)
    await store.end({ input, startedAt, endedAt: new Date().toISOString(), summary })
    this.#tell({ kind: 'taken', text: `${summary.read} records of ${input} are taken`, summary })
    return summary
  }

  #inLine<T>(task: () => Promise<T>): Promise<T> {
    const next = this.#line.then(task, task)
    this.#line = next.catch(() => undefined)
    return next
  }

  async #pause({ inputs }: Delivery, attempt: number, cause: unknown): Promise<void> {
    if (this.#signal.aborted) return
    const away = cause instanceof HubAway
    this.#tell({ kind: away ? 'waiting' : 'failed', text: `${inputsName(inputs)} is not taken yet`, cause })
    const pauseMs = pauseOf({ ...RETRY, ...this.#options.retry }, attempt)
    await wait(pauseMs, undefined, { signal: this.#signal }).catch(() => undefined)
  }

  #tell(event: Omit<FeedEvent, 'feed'>): void {
    this.#options.onEvent?.({ feed: this.#deps.feed.definition.name, ...event })
  }
}

function untilNextDay(now: number): number {
  return startOf(dayOf(now) + 1) - now
}

function nameOf(cause: unknown): string {
  const inner = cause instanceof SourceFault ? (cause.cause ?? cause) : cause
  if (!(inner instanceof Error)) return 'unknown'
  const { name, code } = inner as Error & { readonly code?: unknown } // many errors have one
  return typeof code === 'string' || typeof code === 'number' ? `${name} ${code}` : name
}
