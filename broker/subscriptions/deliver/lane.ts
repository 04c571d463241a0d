import type { Micros } from '../../core/model/time.ts'
import type { Delivery } from './delivery.ts'
import type { EndpointLine } from './endpoint-line.ts'
import { Seat } from './heap.ts'

/** A delivery that is not settled. */
export interface Waiting {
  readonly delivery: Delivery
  readonly endpoint: EndpointLine
  readonly expiresAt: Micros
  /** The next one of its lane. */
  next: Waiting | undefined
  attempts: number
  /** Attempts that failed while the endpoint took other messages. */
  strikes: number
  /** What the endpoint had taken when this was last tried. */
  successesSeen: number
  lastReason: string | undefined
  /** It is under way to see whether the endpoint works again. */
  isProbe: boolean
  /** Taken back while under way: not tried again. */
  isWithdrawn: boolean
}

/** Deliveries of one order key: only the first is sent or waits for its next attempt. */
export class Lane {
  readonly order: string
  /** Its place among the lanes that are ready, or those that wait for a time. */
  readonly turn = new Seat<Lane>(this)
  /** Its place among the lanes by age. */
  readonly age = new Seat<Lane>(this)
  first: Waiting
  #last: Waiting
  isUnderWay = false
  /** Its turn has come: it does not wait for a time. */
  isReady = false

  constructor(order: string, first: Waiting) {
    this.order = order
    this.first = first
    this.#last = first
  }

  append(waiting: Waiting): void {
    this.#last.next = waiting
    this.#last = waiting
  }

  /** Lets the first go; false: it was the last one. */
  advance(): boolean {
    const { next } = this.first
    if (next) this.first = next
    return next !== undefined
  }

  /** Takes out all after the first. */
  cut(): Waiting | undefined {
    const { next } = this.first
    this.first.next = undefined
    this.#last = this.first
    return next
  }
}
