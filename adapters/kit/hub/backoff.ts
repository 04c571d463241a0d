import { setTimeout as wait } from 'node:timers/promises'
import { HubAway } from './hub-connection.ts'

/** How often and after how long a request is tried again. */
export interface RetryPlan {
  readonly attempts: number
  readonly firstMs: number
  readonly longestMs: number
  /** Stops the waiting. */
  readonly signal?: AbortSignal
  /** Told before each pause. */
  readonly onRetry?: (away: HubAway, pauseMs: number) => void
}

/** Seven tries within about a minute. */
export const RETRY: RetryPlan = { attempts: 7, firstMs: 500, longestMs: 30_000 }

/** Tries again while the hub is away, with growing pauses of random length. @throws HubAway after the last try */
export async function withRetry<T>(plan: RetryPlan, task: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await task()
    } catch (error) {
      if (!(error instanceof HubAway) || attempt >= plan.attempts) throw error
      const pauseMs = pauseOf(plan, attempt)
      plan.onRetry?.(error, pauseMs)
      await wait(pauseMs, undefined, plan.signal ? { signal: plan.signal } : {})
    }
  }
}

/** Half to whole of the doubled pause, so that feeds do not come back all at once. */
export function pauseOf(plan: RetryPlan, attempt: number): number {
  const longest = Math.min(plan.longestMs, plan.firstMs * 2 ** (attempt - 1))
  return longest * (0.5 + Math.random() / 2)
}
