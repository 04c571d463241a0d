import type { Micros } from '../../core/model/time.ts'
import type { Attempt, Message } from './message.ts'

/** One notification that is due. */
export interface Delivery {
  /** Id of the notification. */
  readonly id: string
  /** Deliveries with the same key are sent one after the other, in the order in which they were added. */
  readonly order: string
  /** Deliveries to the same endpoint share its connections, its circuit breaker and its cooldown. */
  readonly endpoint: string
  /** Whose it is: endpoints of one owner, however many hang, leave room for those of others. */
  readonly owner: string
  /** When its change happened, or when it was put in again: it is given up when that is too long ago. */
  readonly at: Micros
  /** After a failure nothing is sent to the endpoint for so long, milliseconds. */
  readonly cooldownMs?: number
  /** Writes the message when it is its turn, with what is right then; undefined: it is not due any more. */
  compose(): Promise<Message | undefined>
  /** Told of every attempt, also of one that could not be written. */
  attempted(attempt: Attempt, at: Micros): void
  /** Told once, at the end: sent, not due any more, or given up. */
  settled(outcome: Settled): void
}

export type Settled =
  | { readonly outcome: 'delivered' | 'dropped' }
  | { readonly outcome: 'dead'; readonly reason: string; readonly attempts: number }

/** How an endpoint stands. */
export interface EndpointState {
  /** open: it failed again and again, and is left alone until `retryAt`; half-open: one message tries it. */
  readonly breaker: 'closed' | 'open' | 'half-open'
  readonly retryAt?: Micros
  readonly waiting: number
  readonly underWay: number
}

/** Delivers notifications, each endpoint at its own pace: a slow or dead one delays no other. */
export interface Deliveries {
  /** May call `compose` before it returns. */
  add(delivery: Delivery): void
  /**
   * Takes back what has this order key and is not under way; it is told nothing more. What is under way is told, and not
   * tried again.
   */
  withdraw(order: string): void
  /** Tries an endpoint now that its breaker keeps closed off, but not within its cooldown. */
  retry(endpoint: string): void
  state(endpoint: string): EndpointState
  /** Sends nothing more, waits for what is under way; what waits is told nothing. */
  close(): Promise<void>
}
