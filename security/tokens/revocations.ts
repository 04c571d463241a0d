import { hash } from 'node:crypto'
import { Problem } from '../../broker/core/model/problem.ts'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import type { Micros } from '../../broker/core/model/time.ts'
import type { Store } from '../../broker/store/port/store.ts'
import { walkDocuments } from '../../broker/store/port/walk-documents.ts'
import type { Claims } from '../policy/claims.ts'

/**
 * What is taken back of what an issuer gave. token: one, by its `jti`; grant and session: all tokens that carry this
 * `grant` or `sid`; subject: all tokens of somebody that were issued until now; issuer: of everybody, its id is its name.
 */
export interface Revocation {
  readonly issuer: string
  readonly kind: 'token' | 'grant' | 'session' | 'subject' | 'issuer'
  readonly id: string
  /** When the last of these tokens ends; absent: nobody knows, and it is kept without end. */
  readonly until?: Micros
}

/** Tokens that are good no more although they have not ended. */
export interface Revocations {
  /**
   * Resolves when it is on disk; it holds from then on, also for what was begun before. @throws Problem InsufficientStorage:
   * so many are kept already
   */
  revoke(revocation: Revocation): Promise<void>
  /** Tells whether the token with these claims is revoked. */
  isRevoked(claims: Claims): boolean
  /** Tells whether what these claims were good for is taken from their subject, whichever token they came with. */
  isDisowned(claims: Claims): boolean
  /** Tells of each revocation; of none in particular where another process revoked something. */
  follow(told: (revocation: Revocation | undefined) => void): void
  /** Takes over what other processes over the same store have revoked. */
  load(): Promise<void>
}

/** Tells whether claims are of those that a revocation names, whenever they were issued. */
export function isNamed({ issuer, kind, id }: Revocation, claims: Claims): boolean {
  return claims.issuer === issuer && claims[NAMES[kind]] === id
}

const NAMES = {
  token: 'tokenId',
  grant: 'grant',
  session: 'session',
  subject: 'subject',
  issuer: 'issuer',
} as const satisfies Record<Revocation['kind'], keyof Claims>

type RevocationStore = Pick<Store, 'commit' | 'documents'>

interface Kept {
  readonly at: Micros
  readonly until: Micros
}

const PREFIX = 'revoked '
/** So many are kept; whoever has more to take back takes back grants, subjects, or all of an issuer. */
const MOST = 100_000
const LEEWAY: Micros = 60_000_000

/** Opens what was revoked, as documents of the store that leave no trace in the log. */
export async function openRevocations({
  store,
  clock,
  most = MOST,
}: {
  readonly store: RevocationStore
  readonly clock: () => Micros
  readonly most?: number
}): Promise<Revocations> {
  const kept = await readAll(store, clock())
  const followers: ((revocation: Revocation | undefined) => void)[] = []
  const has = (issuer: string, kind: Revocation['kind'], id: string | undefined): Kept | undefined =>
    id === undefined || kept.size === 0 ? undefined : kept.get(nameOf({ issuer, kind, id }))
  const isDisowned = ({ issuer, subject, issuedAt = 0 }: Claims): boolean => {
    const revoked = has(issuer, 'subject', subject)
    return revoked !== undefined && issuedAt * 1_000_000 <= revoked.at
  }
  const isOfLostKeys = ({ issuer, issuedAt = 0 }: Claims): boolean => {
    const revoked = has(issuer, 'issuer', issuer)
    return revoked !== undefined && issuedAt * 1_000_000 <= revoked.at
  }
  return {
    revoke: async (revocation) => {
      const at = clock()
      for (const [old, { until: end }] of kept) if (end <= at) kept.delete(old)
      const name = nameOf(revocation)
      if (kept.size >= most && !kept.has(name))
        throw new Problem('InsufficientStorage', `Hub keeps ${most} revocations already`)
      // what is told twice holds as long as the longer of both
      const end = (revocation.until ?? Number.POSITIVE_INFINITY) + LEEWAY
      const until = Math.max(end, kept.get(name)?.until ?? 0)
      const ends = until !== Number.POSITIVE_INFINITY
      await store.commit(DEFAULT_TENANT, [
        {
          ...{ collection: 'identity', id: name, next: { at, ...(ends && { until }) } },
          ...{ at, ...(ends && { expiresAt: until }), origin: { by: 'identity' }, logged: false },
        },
      ])
      kept.set(name, { at, until })
      for (const told of followers) told(revocation)
    },
    isRevoked: (claims) => {
      const { issuer, tokenId, grant, session } = claims
      const one =
        has(issuer, 'token', tokenId) ?? has(issuer, 'grant', grant) ?? has(issuer, 'session', session)
      return one !== undefined || isDisowned(claims) || isOfLostKeys(claims)
    },
    isDisowned,
    follow: (told) => void followers.push(told),
    load: async () => {
      let isMore = false
      for (const [name, read] of await readAll(store, clock())) {
        const before = kept.get(name) ?? read
        // what was revoked again while it was read holds
        const revoked = { at: Math.max(read.at, before.at), until: Math.max(read.until, before.until) }
        if (kept.has(name) && before.at === revoked.at && before.until === revoked.until) continue
        kept.set(name, revoked)
        isMore = true
      }
      if (isMore) for (const told of followers) told(undefined)
    },
  }
}

/** Names tell nobody whom they are about. */
function nameOf({ issuer, kind, id }: Pick<Revocation, 'issuer' | 'kind' | 'id'>): string {
  return `${PREFIX}${hash('sha256', JSON.stringify([issuer, kind, id]), 'base64url')}`
}

async function readAll(store: RevocationStore, now: Micros): Promise<Map<string, Kept>> {
  const kept = new Map<string, Kept>()
  for await (const { id, document } of walkDocuments(store, DEFAULT_TENANT, 'identity', PREFIX)) {
    const { at, until = Number.POSITIVE_INFINITY } = document
    if (typeof at === 'number' && typeof until === 'number' && until > now) kept.set(id, { at, until })
  }
  return kept
}
