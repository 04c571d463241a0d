import {
  createDeliveries,
  type DeliverySettings,
} from '../../../broker/subscriptions/deliver/create-deliveries.ts'
import type { Deliveries, Delivery, Settled } from '../../../broker/subscriptions/deliver/delivery.ts'
import type { Attempt, Message } from '../../../broker/subscriptions/deliver/message.ts'

/** How an endpoint takes a message. */
export interface Answer {
  readonly delivered: boolean
  readonly after?: number
  readonly retryAfterMs?: number
}

/** What happened to a delivery, and when: milliseconds from the start. */
export interface Told {
  readonly id: string
  readonly at: number
  readonly outcome: Settled
}

export interface Sent {
  readonly id: string
  readonly endpoint: string
  readonly from: number
  until: number
  /** Which answer it was, of all that came. */
  place: number
  delivered: boolean
}

export const START = 1_700_000_000_000_000

const SETTINGS: DeliverySettings = {
  connections: 8,
  underWay: 64,
  firstDelayMs: 100,
  longestDelayMs: 10_000,
  attempts: 5,
  retryHours: 1,
}

interface Timer {
  readonly at: number
  readonly callback: () => void
}

/** Deliveries with a clock that stands until it is told to go, and endpoints that answer by a script. */
export class World {
  readonly deliveries: Deliveries
  readonly sent: Sent[] = []
  readonly told: Told[] = []
  readonly attempts: { readonly id: string; readonly attempt: Attempt }[] = []
  answer: (message: Message, now: number) => Answer = () => ({ delivered: true })
  /** Milliseconds from the start. */
  now = 0
  timersSet = 0
  #timers: Timer[] = []
  #answers = 0

  constructor(settings: Partial<DeliverySettings> = {}, random = () => 0.5) {
    this.deliveries = createDeliveries({
      sender: { send: (message) => this.#send(message), prepare: () => {}, close: async () => {} },
      clock: () => START + Math.round(this.now * 1000),
      settings: { ...SETTINGS, ...settings },
      timers: { after: (milliseconds, callback) => this.#after(milliseconds, callback) },
      random,
    })
  }

  add(id: string, given: Partial<Delivery> & { readonly order: string; readonly endpoint: string }): void {
    this.deliveries.add({
      id,
      at: START + Math.round(this.now * 1000),
      owner: given.endpoint,
      compose: async () => message(id, given.endpoint),
      attempted: (attempt) => this.attempts.push({ id, attempt }),
      settled: (outcome) => this.told.push({ id, at: this.now, outcome }),
      ...given,
    })
  }

  /** Lets time pass, timer by timer. */
  async pass(milliseconds: number): Promise<void> {
    const end = this.now + milliseconds
    await turn()
    for (let next = this.#next(end); next; next = this.#next(end)) {
      this.#timers = this.#timers.filter((timer) => timer !== next)
      this.now = Math.max(this.now, next.at)
      next.callback()
      await turn()
    }
    this.now = end
  }

  outcomes(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.told.map(({ id, outcome }) => [id, outcome.outcome]))
  }

  get timers(): number {
    return this.#timers.length
  }

  underWay(endpoint?: string): number {
    return this.sent.filter(
      (one) => one.until === Infinity && (endpoint === undefined || one.endpoint === endpoint),
    ).length
  }

  #next(end: number): Timer | undefined {
    let next: Timer | undefined
    for (const timer of this.#timers) if (timer.at <= end && (!next || timer.at < next.at)) next = timer
    return next
  }

  #after(milliseconds: number, callback: () => void): () => void {
    this.timersSet++
    const timer = { at: this.now + milliseconds, callback }
    this.#timers.push(timer)
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer)
    }
  }

  #send(sending: Message): Promise<Attempt> {
    const { delivered, after = 1, retryAfterMs } = this.answer(sending, this.now)
    const record: Sent = {
      id: sending.id,
      endpoint: sending.url,
      from: this.now,
      until: Infinity,
      place: Infinity,
      delivered: false,
    }
    this.sent.push(record)
    return new Promise((resolve) => {
      this.#after(after, () => {
        record.until = this.now
        record.place = ++this.#answers
        record.delivered = delivered
        resolve({
          delivered,
          milliseconds: after,
          ...(!delivered && { reason: 'it answers 500' }),
          ...(retryAfterMs && { retryAfterMs }),
        })
      })
    })
  }
}

export function message(id: string, endpoint: string): Message {
  return { kind: 'http', id, url: endpoint, headers: [], body: '', timeoutMs: 1000 }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
