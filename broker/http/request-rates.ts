import { LRUCache } from 'lru-cache'
import type { Caller, RequestRate } from '../core/model/caller.ts'
import { networkOf } from '../core/model/network-of.ts'
import { Problem } from '../core/model/problem.ts'
import type { Tenant } from '../core/model/tenant.ts'
import type { Micros } from '../core/model/time.ts'

/** Who asks, where, and over which connection; whoever has no name is told apart by the network that it asks from. */
export interface RateAsker {
  readonly caller: Pick<Caller, 'key' | 'anonymous' | 'rates'>
  readonly tenant: Tenant
  readonly socket: { readonly remoteAddress?: string | undefined }
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
  /** Other rules may give it other numbers. */
  rate: RequestRate
  left: number
  at: Micros
}

/** The rates that hold for whoever asked last, and the buckets of all that hold for its requests. */
interface Asked {
  readonly who: string
  readonly tenant: Tenant
  readonly rates: readonly RequestRate[]
  readonly buckets: readonly Bucket[]
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

  let last: Asked | undefined

  /** The buckets of all rates that hold; those of whoever asked last are kept, for clients ask many times in a row. */
  function bucketsFor(who: string, tenant: Tenant, rates: readonly RequestRate[]): readonly Bucket[] {
    if (last?.who === who && last.tenant === tenant && last.rates === rates) return last.buckets
    const own = bucketsOf(buckets, who)
    const found = rates.map((rate) => bucketOf(own, rate, clock()))
    if (ofTenant) found.push(bucketOf(bucketsOf(ofTenants, tenant), ofTenant, clock()))
    last = { who, tenant, rates, buckets: found }
    return found
  }

  /** The rate that lacks a request for longest; undefined: none does, and each has given one. */
  function lackOf({ caller, tenant, socket }: RateAsker): Lack | undefined {
    if (!caller.rates) return undefined
    const who = caller.anonymous ? networkOf(socket.remoteAddress ?? '') : caller.key
    const all = bucketsFor(who, tenant, caller.rates(tenant))
    if (all.length === 0) return undefined
    const now = clock()
    let lack: Lack | undefined
    for (const bucket of all) lack = longer(lack, filled(bucket, now))
    if (!lack) for (const bucket of all) bucket.left--
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

function bucketsOf(asked: LRUCache<string, Map<string, Bucket>>, who: string): Map<string, Bucket> {
  const known = asked.get(who)
  if (known) return known
  const made = new Map<string, Bucket>()
  asked.set(who, made)
  return made
}

function bucketOf(buckets: Map<string, Bucket>, rate: RequestRate, now: Micros): Bucket {
  const known = buckets.get(rate.id)
  if (known) {
    known.rate = rate
    return known
  }
  const [oldest] = buckets.keys()
  if (oldest !== undefined && buckets.size >= MOST_RATES) buckets.delete(oldest)
  const bucket = { rate, left: rate.requests, at: now }
  buckets.set(rate.id, bucket)
  return bucket
}

function filled(bucket: Bucket, now: Micros): Bucket {
  const { requests, seconds } = bucket.rate
  const passed = Math.max(now - bucket.at, 0) / SECOND
  bucket.left = Math.min(bucket.left + (passed * requests) / seconds, requests)
  bucket.at = now
  return bucket
}

function longer(lack: Lack | undefined, { rate, left }: Bucket): Lack | undefined {
  if (left >= 1) return lack
  const wait = Math.round(((1 - left) * rate.seconds * SECOND) / rate.requests)
  return wait > (lack?.wait ?? 0) ? { rate, wait } : lack
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
