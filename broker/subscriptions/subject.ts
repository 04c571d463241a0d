import type { LogRecord } from '../core/model/change.ts'
import type { Tenant } from '../core/model/tenant.ts'
import type { Message } from './deliver/message.ts'
import type { GatheredChange } from './gathered-changes.ts'
import type { Terms } from './index/terms.ts'
import type { SubscriptionCollection } from './stored-subscription.ts'
import type { Subscription } from './subscription.ts'

/** A subscription and the tenant that it is about. */
export interface Subscribed {
  readonly tenant: Tenant
  readonly subscription: Subscription
}

/** Changes of one or several things that are told in one notification. */
export interface DueChanges {
  /** Id of the notification. */
  readonly id: string
  readonly changes: readonly GatheredChange[]
}

/** One notification of several that tell together of what is selected. */
export interface SelectedPart {
  readonly id: string
  /** Place that the one before it answered. */
  readonly after?: string | undefined
}

export interface ComposedPart {
  readonly message?: Message
  /** Where the next notification goes on; absent: all is told. */
  readonly next?: string
}

/** What subscriptions of a kind are about: which changes notify, and how they are told. */
export interface Subject {
  /** Where its subscriptions are kept. */
  readonly collection: SubscriptionCollection
  /** A subscription notifies when it is created and when it changes, of what matches then (CIM 009 v1.9.1, 5.11.2.4). */
  readonly tellsOfItself: boolean
  /** Answers terms of which every change fulfils one that can notify. */
  terms(subscribed: Subscribed): readonly Terms[]
  /** Tells whether a change notifies, as far as that can be told at once. */
  isDue(subscribed: Subscribed, record: LogRecord): boolean
  /** Names what a change can be told together with: one notification tells of changes of one group. */
  group(subscribed: Subscribed, change: GatheredChange): string
  /** Writes the notification of changes, with the rights of now; undefined: nothing is due any more. @throws Problem */
  composeChanges(subscribed: Subscribed, due: DueChanges): Promise<Message | undefined>
  /** Writes a notification of what is selected now, as much as one tells; without message: nothing is. @throws Problem */
  composeSelected(subscribed: Subscribed, part: SelectedPart): Promise<ComposedPart>
  /** Writes a notification as a trial; undefined: the subscriber has no rights. @throws Problem */
  composeSample(subscribed: Subscribed, id: string): Promise<Message | undefined>
}
