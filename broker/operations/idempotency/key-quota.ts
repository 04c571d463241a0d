import { LRUCache } from 'lru-cache'
import { Problem } from '../../core/model/problem.ts'
import type { Micros } from '../../core/model/time.ts'

/** Bounds how many new keys each caller uses. */
export interface KeyQuota {
  /** Counts one more. @throws Problem TooManyRequests */
  take(caller: string): void
}

interface Window {
  readonly since: Micros
  used: number
}

const MAX_CALLERS = 10_000

/** Makes a quota of so many keys within the lifetime of an answer. */
export function createKeyQuota({
  clock,
  maxKeys,
  lifetime,
}: {
  readonly clock: () => Micros
  readonly maxKeys: number
  readonly lifetime: Micros
}): KeyQuota {
  const windows = new LRUCache<string, Window>({ max: MAX_CALLERS })
  return {
    take: (caller) => {
      const now = clock()
      const kept = windows.get(caller)
      const window = kept && now - kept.since < lifetime ? kept : { since: now, used: 0 }
      if (window.used >= maxKeys) {
        const seconds = Math.ceil((window.since + lifetime - now) / 1_000_000)
        throw new Problem(
          'TooManyRequests',
          `Caller has used ${maxKeys} idempotency keys, all that are kept for it`,
          {
            headers: { 'Retry-After': String(seconds) },
          },
        )
      }
      window.used++
      windows.set(caller, window)
    },
  }
}
