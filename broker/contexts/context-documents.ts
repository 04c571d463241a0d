import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Egress } from '../../security/egress/egress.ts'
import type { JsonValue } from '../core/model/json.ts'
import { Problem } from '../core/model/problem.ts'
import type { Micros } from '../core/model/time.ts'
import type { ContextLimits } from './context-limits.ts'
import { fetchContext, notAvailable } from './fetch-context.ts'
import { freshFor } from './freshness.ts'

/** The `@context` member of a document, and until when it may be used without asking again. */
export interface ContextDocument {
  readonly context: JsonValue
  readonly freshUntil: Micros
  /** Length of its text; 0 when the hub holds it anyway. */
  readonly size: number
}

/** Answers context documents by URL. @throws Problem LdContextNotAvailable or BadRequestData, naming the URL */
export type ReadContext = (url: string, timeoutMs: number) => Promise<ContextDocument>

/** A fetched document among those that are remembered. */
export interface CachedDocument extends ContextDocument {
  readonly url: string
  /** Short name of the document within this hub. */
  readonly localId: string
  readonly createdAt: Micros
}

/** Fetched context documents. */
export interface ContextDocuments {
  readonly read: ReadContext
  all(): readonly CachedDocument[]
  drop(url: string): void
  /**
   * Fetches a document again; the old copy stays when that fails, or when the new content does not pass the check.
   * @throws Problem LdContextNotAvailable
   */
  reload(url: string, check: (context: JsonValue) => Promise<void>): Promise<void>
}

const MAX_CACHED_SIZE = 33_554_432
/** How long an old copy serves after a failed refresh, before the next one is tried. */
const RETRY_AFTER: Micros = 60_000_000

/** What `cachedContexts` works with. */
export interface ContextSources {
  readonly egress: Egress
  readonly clock: () => Micros
  readonly limits: ContextLimits
}

/** Answers the short name of a context that comes from another server. */
export function localIdOf(url: string): string {
  return createHash('sha256').update(url).digest('base64url')
}

async function accept(_context: JsonValue): Promise<void> {}

/** Fetches with a cache in front: one fetch at a time per URL, and the old copy while a server is away. */
export function cachedContexts({ egress, limits, clock }: ContextSources): ContextDocuments {
  const cache = new LRUCache<string, CachedDocument>({ max: limits.cacheEntries, maxSize: MAX_CACHED_SIZE })
  const underWay = new Map<string, Promise<CachedDocument>>()
  let interventions = 0
  // an answer that was on its way when somebody reloaded or deleted must not bring the old copy back
  const keep = (document: CachedDocument, since: number): CachedDocument => {
    if (since === interventions) cache.set(document.url, document, { size: document.size + 1 })
    return document
  }

  const load = async (
    url: string,
    timeoutMs: number,
    since: number,
    check = accept,
  ): Promise<CachedDocument> => {
    const { context, headers, size } = await fetchContext(egress, url, {
      maxBytes: limits.maxBytes,
      timeoutMs,
    })
    await check(context)
    const now = clock()
    const createdAt = cache.peek(url)?.createdAt ?? now
    const freshUntil = now + freshFor(headers, now)
    return keep({ url, localId: localIdOf(url), context, size, createdAt, freshUntil }, since)
  }

  const refresh = async (url: string, timeoutMs: number, old?: CachedDocument): Promise<CachedDocument> => {
    const since = interventions
    try {
      return await load(url, timeoutMs, since)
    } catch (failure) {
      const away = failure instanceof Problem && failure.code === 'LdContextNotAvailable'
      if (!away || !old) throw failure
      return keep({ ...old, freshUntil: clock() + RETRY_AFTER }, since)
    } finally {
      underWay.delete(url)
    }
  }

  return {
    read: async (url, timeoutMs) => {
      const cached = cache.get(url)
      if (cached && cached.freshUntil > clock()) return cached
      const running = underWay.get(url) ?? refresh(url, timeoutMs, cached)
      underWay.set(url, running)
      return running
    },
    all: () => [...cache.values()],
    drop: (url) => {
      interventions += 1
      underWay.delete(url)
      cache.delete(url)
    },
    reload: async (url, check) => {
      interventions += 1
      underWay.delete(url)
      try {
        await load(url, limits.timeoutMs, interventions, check)
      } catch (cause) {
        if (!(cause instanceof Problem) || cause.code === 'LdContextNotAvailable') throw cause
        throw notAvailable(url, 'what its server answered is no valid @context', cause)
      }
    },
  }
}
