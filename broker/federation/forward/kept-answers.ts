import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { Registration } from '../registry/registration.ts'
import type { SourceResponse } from './exchange.ts'

/** An answer of a source that is kept. */
export interface KeptAnswer {
  readonly registration: Registration
  readonly response: SourceResponse
  readonly at: Micros
}

/** Answers of sources to reads, in bounded memory: each for whoever got it, and for exactly that question. */
export interface KeptAnswers {
  /** Answers what is kept for a question, unless the registration has changed since. */
  find(key: string, registration: Registration): KeptAnswer | undefined
  keep(tenant: Tenant, key: string, answer: KeptAnswer): void
  /** Forgets what a source answered: something there was written. */
  forget(tenant: Tenant, endpoint: string): void
  /** Forgets everything. */
  forgetAll(): void
}

/** A parsed answer takes about so many times the bytes of its text. */
const PARSED = 4
const OVERHEAD = 1000

/** Makes the memory of answers, which takes about so many bytes at most. */
export function createKeptAnswers(bytes: number): KeptAnswers {
  const byEndpoint = new Map<string, Set<string>>()
  const answers = new LRUCache<string, KeptAnswer & { readonly place: string }>({
    maxSize: Math.max(bytes, 1),
    // one answer does not drive all others out
    maxEntrySize: Math.max(Math.ceil(bytes / 4), 1),
    sizeCalculation: ({ response }) => response.bytes * PARSED + OVERHEAD,
    dispose: ({ place }, key) => {
      const keys = byEndpoint.get(place)
      keys?.delete(key)
      if (keys?.size === 0) byEndpoint.delete(place)
    },
  })
  return {
    find: (key, registration) => {
      const found = answers.get(key)
      if (!found || found.registration === registration) return found
      answers.delete(key)
      return undefined
    },
    keep: (tenant, key, answer) => {
      const place = `${tenant} ${answer.registration.endpoint}`
      answers.set(key, { ...answer, place })
      if (!answers.has(key)) return
      const keys = byEndpoint.get(place) ?? new Set()
      byEndpoint.set(place, keys.add(key))
    },
    forgetAll: () => answers.clear(),
    forget: (tenant, endpoint) => {
      for (const key of [...(byEndpoint.get(`${tenant} ${endpoint}`) ?? [])]) answers.delete(key)
    },
  }
}

/** Answers under which key an answer is kept: nothing of what it is made of can be read in it. */
export function keyOfQuestion(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
}

/** What tells nothing about what a token allows, and differs from one token to the next. */
const OF_ONE_TOKEN: ReadonlySet<string> = new Set([
  'exp',
  'iat',
  'nbf',
  'jti',
  'auth_time',
  'nonce',
  'at_hash',
])

/**
 * Answers what a header says for longer than its token lasts: the claims, where it carries a JSON Web Token, else all of it.
 * A source may judge by any claim, also by those that say nothing to this hub.
 */
export function lastingClaims(credential: string | undefined): unknown {
  const [, payload, signature] = credential?.split('.') ?? []
  if (payload === undefined || signature === undefined) return credential
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'))
    if (typeof claims !== 'object' || claims === null) return credential
    return Object.entries(claims).filter(([name]) => !OF_ONE_TOKEN.has(name))
  } catch {
    return credential
  }
}
