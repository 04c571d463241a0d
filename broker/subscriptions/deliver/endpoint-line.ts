import type { Micros } from '../../core/model/time.ts'
import { type BackOffOptions, breakerPause } from './back-off.ts'
import type { EndpointState } from './delivery.ts'
import { Heap, Seat } from './heap.ts'
import type { Lane, Waiting } from './lane.ts'
import type { Attempt } from './message.ts'

/** Failures of different messages in a row after which an endpoint is left alone. */
const FAILURES = 5
/** An endpoint that answers within this time counts as quick, milliseconds. */
const QUICK_MS = 1000

/** A receiver is left alone for as long as it asks, but not for ever. */
const LONGEST_WISH_MS = 3_600_000

/** What waits for one endpoint, and how the endpoint stands. */
export class EndpointLine {
  readonly name: string
  /** Whose endpoint it is: no owner takes all slots. */
  readonly owner: string
  /** Lanes whose turn it is, in the order in which it became so. */
  readonly ready = new Heap<Lane>()
  /** Lanes that wait after a failure, by the time of their next attempt. */
  readonly later = new Heap<Lane>()
  /** The same lanes by the time when their first message is too old. */
  readonly ages = new Heap<Lane>()
  /** Its place among the endpoints that have to do something at a time. */
  readonly wake = new Seat<EndpointLine>(this)
  /** Its place among the endpoints that could send now. */
  readonly slot = new Seat<EndpointLine>(this)
  readonly #connections: number
  readonly #backOff: BackOffOptions
  waiting = 0
  underWay = 0
  successes = 0
  /** It took the last message, and soon. */
  quick = false
  /** How it stands in line for a slot. */
  asksAsQuick = false
  /** Where it stands in line for a slot. */
  inLine: Heap<EndpointLine> | undefined
  /** So many messages may be under way: one after a failure, one more with each success. */
  #window = 1
  #failures = 0
  #lastFailed: Waiting | undefined
  #pauses = 0
  #openUntil: Micros = 0
  #cooldownUntil: Micros = 0

  constructor(
    { name, owner }: { readonly name: string; readonly owner: string },
    connections: number,
    backOff: BackOffOptions,
  ) {
    this.name = name
    this.owner = owner
    this.#connections = connections
    this.#backOff = backOff
  }

  get isIdle(): boolean {
    return this.waiting === 0 && this.underWay === 0
  }

  get isOpen(): boolean {
    return this.#pauses > 0
  }

  /** Nothing is sent before. */
  get pausedUntil(): Micros {
    return Math.max(this.#openUntil, this.#cooldownUntil)
  }

  /** Tells whether a message could be sent now, if the hub has a free slot. */
  maySend(now: Micros): boolean {
    return this.ready.size > 0 && this.underWay < this.#window && now >= this.pausedUntil
  }

  /** When it has to be looked at again though nothing happens. */
  nextWake(now: Micros): Micros {
    const paused = this.ready.size > 0 && this.pausedUntil > now ? this.pausedUntil : Infinity
    return Math.min(paused, this.later.first?.key ?? Infinity, this.ages.first?.key ?? Infinity)
  }

  /** Takes in what became of a message. */
  attempted(message: Waiting, attempt: Attempt, now: Micros): void {
    if (attempt.delivered) this.#succeeded(attempt.milliseconds)
    else this.#failed(message, attempt, now)
  }

  #succeeded(milliseconds: number): void {
    this.successes++
    this.quick = milliseconds < QUICK_MS
    this.#window = Math.min(this.#window + 1, this.#connections)
    this.#failures = 0
    this.#lastFailed = undefined
    this.#pauses = 0
    this.#openUntil = 0
  }

  /** A message that fails alone opens no breaker: it waits by itself, and others may be fine. */
  #failed(message: Waiting, { retryAfterMs = 0 }: Attempt, now: Micros): void {
    this.quick = false
    this.#window = 1
    const pause = Math.min(Math.max(message.delivery.cooldownMs ?? 0, retryAfterMs), LONGEST_WISH_MS)
    this.#cooldownUntil = Math.max(this.#cooldownUntil, now + Math.round(1000 * pause))
    if (message !== this.#lastFailed) this.#failures++
    this.#lastFailed = message
    // what was under way when it opened says nothing new
    if (this.isOpen ? message.isProbe : this.#failures >= FAILURES) {
      this.#openUntil = now + Math.round(1000 * breakerPause(++this.#pauses, this.#backOff))
    }
  }

  /** Ends the pause of the breaker; a cooldown goes on, since the subscriber asked for it. */
  retry(): void {
    this.#openUntil = 0
  }

  state(now: Micros): EndpointState {
    const counts = { waiting: this.waiting, underWay: this.underWay }
    if (!this.isOpen) {
      const cooling = now < this.pausedUntil && { retryAt: this.pausedUntil }
      return { breaker: 'closed', ...cooling, ...counts }
    }
    return now < this.pausedUntil
      ? { breaker: 'open', retryAt: this.pausedUntil, ...counts }
      : { breaker: 'half-open', ...counts }
  }
}
