import type { TermTable } from '../core/context/term-table.ts'
import type { GeometryEngine } from '../core/geo/engine.ts'
import type { Entity } from '../core/model/entity.ts'
import type { Tenant } from '../core/model/tenant.ts'
import type { Micros } from '../core/model/time.ts'
import type { QNode } from '../core/query/ast.ts'
import type { QueryContext } from '../core/query/match-q.ts'
import type { View } from '../core/view/view.ts'
import type { DeadLetter } from './dead-letters.ts'
import type { Deliveries, Settled } from './deliver/delivery.ts'
import type { Sight } from './match/remembered-sight.ts'
import type { WriteNotification } from './notify/write-notification.ts'
import type { Subscriber } from './subscriber.ts'
import type { Subscription } from './subscription.ts'

/** How a subscriber sees the entities of its tenant, now. */
export interface SubscriberSight {
  /** What its delegate sees with the policies in force; undefined: it has no rights any more. */
  viewOf(tenant: Tenant, subscription: Subscription): View | undefined
  /** Entities that the subscription selects, as seen, at most so many. @throws Problem */
  selected(tenant: Tenant, subscription: Subscription, view: View, most: number): Promise<readonly Entity[]>
  /** Finds what a q looks for behind the relationships of these entities. @throws Problem */
  linked(tenant: Tenant, q: QNode, view: View, entities: readonly Entity[]): Promise<QueryContext>
}

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

/** What subscribers work with. */
export interface SubscriberDependencies {
  readonly clock: () => Micros
  readonly engine: GeometryEngine
  readonly sight: SubscriberSight
  readonly look: Sight
  /** What is stored of entities now. */
  readonly latest: (tenant: Tenant, ids: readonly string[]) => Promise<ReadonlyMap<string, Entity>>
  /** The table of the @context of a subscription. @throws Problem LdContextNotAvailable */
  readonly table: (tenant: Tenant, subscription: Subscription) => Promise<TermTable>
  readonly write: WriteNotification
  readonly deliveries: Deliveries
  readonly budget: Budget
  readonly observe: ObserveNotification
  /** Keeps a notification that was given up; false: there is no room for more. */
  readonly bury: (subscriber: Subscriber, letter: DeadLetter) => Promise<boolean>
  /** Told that there is something to keep of a subscriber. */
  readonly changed: (subscriber: Subscriber) => void
  /** Told that a subscriber that had no room has some again. */
  readonly roomAgain: (subscriber: Subscriber) => void
  readonly failed: (err: unknown, text: string) => void
}
