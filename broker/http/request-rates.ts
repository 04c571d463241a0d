import { LRUCache } from 'lru-cache'
import type { Caller, RequestRate } from '../core/model/caller.ts'
import { Problem } from '../core/model/problem.ts'
import type { Tenant } from '../core/model/tenant.ts'
import type { Micros } from '../core/model/time.ts'
import { networkOf } from '../operations/network-of.ts'

/** Who asks, where, and from which address; whoever has no name is told apart by the network that it asks from. */
export interface RateAsker {
  readonly caller: Pick<Caller, 'key' | 'anonymous' | 'rates'>
  readonly tenant: Tenant
  readonly address: string | undefined
}

/** Holds callers and tenants to their rates. */
export interface RequestRates {
  /** Counts a request on every rate that holds for it; on none, and false, where one is used up. */
  take(asker: RateAsker): boolean
  /** The same. @throws Problem TooManyRequests that says when to ask again */
  check(asker: RateAsker): void
}

export interface RateDependencies {
  readonly clock: () => Micros
  /** What all callers of a tenant have together; absent: nobody counts them. */
  readonly ofTenant?: RequestRate
  /** Told of each refusal. */
  readonly refused: (kind: RequestRate['kind']) => void
}

/** A token bucket: what is left of a rate, and when it was so much. */
interface Bucket {
  left: number
  at: Micros
}

const SECOND: Micros = 1_000_000
/** A bucket that was forgotten is full: the least asked from goes first, so that those in use stay. */
const MOST_BUCKETS = 50_000

/** Makes full buckets: they hold as many requests as a rate permits, and fill again evenly in its time. */
export function createRequestRates({ clock, ofTenant, refused }: RateDependencies): RequestRates {
  const buckets = new LRUCache<string, Bucket>({ max: MOST_BUCKETS })

  function filled(key: string, { requests, seconds }: RequestRate, now: Micros): Bucket {
    const known = buckets.get(key)
    const bucket = known ?? { left: requests, at: now }
    if (!known) buckets.set(key, bucket)
    const passed = Math.max(now - bucket.at, 0) / SECOND
    bucket.left = Math.min(bucket.left + (passed * requests) / seconds, requests)
    bucket.at = now
    return bucket
  }

  /** The rate that lacks a request for longest; undefined: none does, and each has given one. */
  function lackOf({ caller, tenant, address = '' }: RateAsker): Lack | undefined {
    if (!caller.rates) return undefined
    const now = clock()
    const who = caller.anonymous ? networkOf(address) : caller.key
    const asked = caller
      .rates(tenant)
      .map((rate) => ({ rate, bucket: filled(`${rate.id} ${who}`, rate, now) }))
    if (ofTenant) asked.push({ rate: ofTenant, bucket: filled(`${ofTenant.id} ${tenant}`, ofTenant, now) })
    let lack: Lack | undefined
    for (const { rate, bucket } of asked) {
      const wait = Math.round(((1 - bucket.left) * rate.seconds * SECOND) / rate.requests)
      if (wait > (lack?.wait ?? 0)) lack = { rate, wait }
    }
    if (!lack) for (const { bucket } of asked) bucket.left--
    return lack
  }

  return {
    take: (asker) => lackOf(asker) === undefined,
    check: (asker) => {
      const lack = lackOf(asker)
      if (!lack) return
      refused(lack.rate.kind)
      throw tooOften(lack)
    },
  }
}

/** A rate that is used up, and for how long. */
interface Lack {
  readonly rate: RequestRate
  readonly wait: Micros
}

/** Headers as of draft-ietf-httpapi-ratelimit-headers; the ids of rules are not for callers to see. */
function tooOften({ rate: { kind, requests, seconds }, wait }: Lack): Problem {
  const again = Math.ceil(wait / SECOND)
  const who = kind === 'tenant' ? 'Callers of the tenant ask' : 'Caller asks'
  return new Problem('TooManyRequests', `${who} more often than is permitted: again in ${again} seconds`, {
    headers: {
      'Retry-After': String(again),
      'RateLimit-Policy': `"${kind}";q=${requests};w=${Math.ceil(seconds)}`,
      RateLimit: `"${kind}";r=0;t=${again}`,
    },
  })
}
