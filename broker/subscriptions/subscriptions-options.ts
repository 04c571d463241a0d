import type { GeometryEngine } from '../core/geo/engine.ts'
import type { JsonObject } from '../core/model/json.ts'
import type { Tenant } from '../core/model/tenant.ts'
import type { Store } from '../store/port/store.ts'
import type { Sender } from './deliver/message.ts'
import type { Timers } from './deliver/timers.ts'
import type { SubscriberDependencies } from './subscriber-dependencies.ts'
import type { Subscription } from './subscription.ts'

/** What the subscriptions of a hub work with. */
export interface SubscriptionsOptions
  extends Pick<
    SubscriberDependencies,
    | 'clock'
    | 'subject'
    | 'deliveries'
    | 'observe'
    | 'failed'
    | 'maxBytes'
    | 'name'
    | 'shortestInterval'
    | 'sharing'
  > {
  readonly store: Store
  readonly engine: GeometryEngine
  /** Sends what is sent as a trial, past all queues. */
  readonly sender: Sender
  /** Makes of a kept subscription what the hub works with; undefined: its secrets cannot be opened here. */
  readonly read: (document: JsonObject, tenant: Tenant) => Subscription | undefined
  /** So many changes are under way in memory, of all subscriptions together. */
  readonly maxUnderWay: number
  /** So many dead letters of one subscription are kept. */
  readonly maxDeadLetters: number
  /** The oldest dead letter makes room for a new one; otherwise notifications are tried on until there is room. */
  readonly dropOldest: boolean
  /** Absent: those of the process. */
  readonly timers?: Timers
}
