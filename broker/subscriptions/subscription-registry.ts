import type { Tenant } from '../core/model/tenant.ts'
import type { Micros } from '../core/model/time.ts'
import type { Attempt } from './deliver/message.ts'
import type { Subscription } from './subscription.ts'

/** What is known about one subscription after a commit. */
export interface SubscriptionChange {
  readonly id: string
  /** Version of the document in the store; an older state never replaces a newer one. */
  readonly version: number
  /** Absent: it was deleted. */
  readonly subscription?: Subscription
  /** What `prepare` answered before it was kept. */
  readonly from: number
}

/** One attempt to deliver a notification of a subscription. */
export interface SubscriptionAttempt extends Attempt {
  readonly at: Micros
  /** Id of the notification. */
  readonly id: string
}

/** How a subscription is doing; all but the attempts is counted since it was created. */
export interface SubscriptionState {
  readonly timesSent: number
  readonly timesFailed: number
  readonly lastNotification?: Micros
  readonly lastSuccess?: Micros
  readonly lastFailure?: Micros
  /** Of the last attempt. */
  readonly status?: 'ok' | 'failed'
  /** Notifications that are due and not delivered. */
  readonly waiting: number
  /** It reads the log to catch up. */
  readonly behind: boolean
  /** Notifications that were given up without being kept. */
  readonly dropped: number
  readonly breaker: 'closed' | 'open' | 'half-open'
  readonly retryAt?: Micros
  /** The last ones, newest first. */
  readonly attempts: readonly SubscriptionAttempt[]
}

/** The subscriptions of every tenant at work. */
export interface SubscriptionRegistry {
  /**
   * Asked before a subscription is kept: makes sure that it is known, also after a crash, where to go on. Answers where the
   * log is: what comes behind that may concern the subscription.
   */
  prepare(tenant: Tenant): Promise<number>
  /** Takes over what a commit did to a subscription; resolves when no later change can be missed, whatever happens. */
  apply(tenant: Tenant, change: SubscriptionChange): Promise<void>
  /** As this process knows it, or another one has kept it last. */
  state(tenant: Tenant, id: string): SubscriptionState | Promise<SubscriptionState>
  /** How many subscriptions a tenant has, as far as this process knows. */
  count(tenant: Tenant): number
  /** How many subscriptions of all tenants this caller owns, as far as this process knows. */
  countOf(owner: string): number
}

/** State of a subscription that never sent anything. */
export const NOTHING_SENT: SubscriptionState = {
  timesSent: 0,
  timesFailed: 0,
  waiting: 0,
  behind: false,
  dropped: 0,
  breaker: 'closed',
  attempts: [],
}
