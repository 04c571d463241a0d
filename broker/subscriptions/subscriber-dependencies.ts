import type { Micros } from '../core/model/time.ts'
import type { DeadLetter } from './dead-letters.ts'
import type { Deliveries, Settled } from './deliver/delivery.ts'
import type { NameNotification } from './notify/notification-id.ts'
import type { Subject } from './subject.ts'
import type { Subscriber } from './subscriber.ts'

/** Room in memory for changes that are under way, shared by all subscriptions. */
export interface Budget {
  used: number
  readonly most: number
}

/** Told of what becomes of notifications, to be counted. */
export interface ObserveNotification {
  attempted(delivered: boolean): void
  /** With the seconds since its change, where it was delivered as soon as could be. */
  settled(outcome: Settled['outcome'], seconds?: number): void
}

/** How notifications are made by one of several processes at a time. */
export interface Sharing {
  /** Resolves once no other process can be making them. */
  readonly mine: () => Promise<void>
  /** Told that another process makes them, and has said where they stand. */
  readonly overtaken: () => void
  /** Tells the process that makes them that there are others, or fewer, dead letters than it knows of. */
  readonly lettersChanged: () => void
}

/** What subscribers work with. */
export interface SubscriberDependencies {
  readonly clock: () => Micros
  /** When the hub began to deliver. */
  readonly startedAt: Micros
  /** Least time between two notifications that are due by time. */
  readonly shortestInterval: Micros
  readonly name: NameNotification
  readonly subject: Subject
  readonly deliveries: Deliveries
  readonly budget: Budget
  /** So much of what changed one notification tells of at the most, where it tells of several entities. */
  readonly maxBytes: number
  readonly observe: ObserveNotification
  /** Absent: no other process is there. */
  readonly sharing?: Sharing
  /** Keeps a notification that was given up; false: there is no room for more. */
  readonly bury: (subscriber: Subscriber, letter: DeadLetter) => Promise<boolean>
  /** Told that there is something to keep of a subscriber. */
  readonly changed: (subscriber: Subscriber) => void
  /** Told that a subscriber that had no room has some again. */
  readonly roomAgain: (subscriber: Subscriber) => void
  readonly failed: (err: unknown, text: string) => void
}
