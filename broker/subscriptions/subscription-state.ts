import type { Micros } from '../core/model/time.ts'
import type { Attempt } from './deliver/message.ts'

/** One attempt to send a notification, for whoever looks why nothing arrives. */
export interface LoggedAttempt extends Attempt {
  readonly at: Micros
  /** Id of the notification. */
  readonly id: string
}

/** How a subscription fares (CIM 009 v1.9.1, 5.2.14.2, and what this hub adds). A type, not an interface: JSON as it stands. */
export type SubscriptionRecord = {
  readonly timesSent: number
  readonly timesFailed: number
  readonly lastNotification?: Micros
  readonly lastSuccess?: Micros
  readonly lastFailure?: Micros
  /** Dead letters that were dropped because there were too many. */
  readonly dropped: number
  /** The last attempts, oldest first. */
  readonly attempts: readonly LoggedAttempt[]
}

export const NEVER_SENT: SubscriptionRecord = { timesSent: 0, timesFailed: 0, dropped: 0, attempts: [] }

/** So many of the last attempts are remembered. */
const REMEMBERED = 20

/** Adds an attempt to how a subscription fares. */
export function withAttempt(record: SubscriptionRecord, attempt: LoggedAttempt): SubscriptionRecord {
  const { delivered, at } = attempt
  return {
    ...record,
    timesSent: record.timesSent + 1,
    timesFailed: record.timesFailed + (delivered ? 0 : 1),
    lastNotification: at,
    ...(delivered ? { lastSuccess: at } : { lastFailure: at }),
    attempts: [...record.attempts, attempt].slice(-REMEMBERED),
  }
}

/** Tells how the last attempt ended; undefined: there was none. */
export function statusOf({ lastSuccess, lastFailure }: SubscriptionRecord): 'ok' | 'failed' | undefined {
  if (lastSuccess === undefined && lastFailure === undefined) return undefined
  return (lastSuccess ?? 0) >= (lastFailure ?? 0) ? 'ok' : 'failed'
}
