import { LRUCache } from 'lru-cache'
import type { Caller, RequestRate } from '../core/model/caller.ts'
import { networkOf } from '../core/model/network-of.ts'
import { Problem } from '../core/model/problem.ts'
import type { Tenant } from '../core/model/tenant.ts'
import type { Micros } from '../core/model/time.ts'

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
/** Buckets that were forgotten are full: whoever asked longest ago goes first, so that those in use stay. */
const MOST_ASKERS = 50_000
/** Rules come and go while one asks; so many of theirs are counted for it. */
const MOST_RATES = 1000

/** Makes full buckets: they hold as many requests as a rate permits, and fill again evenly in its time. */
export function createRequestRates({ clock, ofTenant, refused }: RateDependencies): RequestRates {
  const buckets = new LRUCache<string, Map<string, Bucket>>({ max: MOST_ASKERS })
  const ofTenants = new LRUCache<string, Map<string, Bucket>>({ max: MOST_ASKERS })

  /** The rate that lacks a request for longest; undefined: none does, and each has given one. */
  function lackOf({ caller, tenant, address = '' }: RateAsker): Lack | undefined {
    if (!caller.rates) return undefined
    const now = clock()
    const who = caller.anonymous ? networkOf(address) : caller.key
    const rates = caller.rates(tenant)
    const own = bucketsOf(buckets, who)
    const shared = ofTenant && bucketsOf(ofTenants, tenant)
    let lack: Lack | undefined
    for (const rate of rates) lack = longer(lack, rate, filled(own, rate, now))
    if (ofTenant && shared) lack = longer(lack, ofTenant, filled(shared, ofTenant, now))
    if (lack) return lack
    for (const rate of rates) spend(own, rate)
    if (ofTenant && shared) spend(shared, ofTenant)
    return undefined
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

function bucketsOf(asked: LRUCache<string, Map<string, Bucket>>, who: string): Map<string, Bucket> {
  const known = asked.get(who)
  if (known) return known
  const made = new Map<string, Bucket>()
  asked.set(who, made)
  return made
}

function filled(buckets: Map<string, Bucket>, { id, requests, seconds }: RequestRate, now: Micros): Bucket {
  const known = buckets.get(id)
  if (!known) {
    const [oldest] = buckets.keys()
    if (oldest !== undefined && buckets.size >= MOST_RATES) buckets.delete(oldest)
    const bucket = { left: requests, at: now }
    buckets.set(id, bucket)
    return bucket
  }
  const passed = Math.max(now - known.at, 0) / SECOND
  known.left = Math.min(known.left + (passed * requests) / seconds, requests)
  known.at = now
  return known
}

function longer(lack: Lack | undefined, rate: RequestRate, { left }: Bucket): Lack | undefined {
  if (left >= 1) return lack
  const wait = Math.round(((1 - left) * rate.seconds * SECOND) / rate.requests)
  return wait > (lack?.wait ?? 0) ? { rate, wait } : lack
}

function spend(buckets: ReadonlyMap<string, Bucket>, { id }: RequestRate): void {
  const bucket = buckets.get(id)
  if (bucket) bucket.left--
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
