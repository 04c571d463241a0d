import { LRUCache } from 'lru-cache'
import type { Egress } from '../../security/egress/egress.ts'
import type { JsonValue } from '../core/model/json.ts'
import { Problem } from '../core/model/problem.ts'
import type { Micros } from '../core/model/time.ts'
import type { ContextLimits } from './context-limits.ts'
import { contextMember, fetchContext } from './fetch-context.ts'
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

const MAX_CACHED_SIZE = 33_554_432
/** How long an old copy serves after a failed refresh, before the next one is tried. */
const RETRY_AFTER: Micros = 60_000_000

/** What `cachedContexts` works with. `own` answers documents that the hub holds itself. */
export interface ContextSources {
  readonly egress: Egress
  readonly clock: () => Micros
  readonly limits: ContextLimits
  readonly own: (url: string) => JsonValue | undefined
}

/** Answers a reader with a cache in front: one fetch at a time per URL, and the old copy while a server is away. */
export function cachedContexts(sources: ContextSources): ReadContext {
  const { own, limits, clock } = sources
  const cache = new LRUCache<string, ContextDocument>({ max: limits.cacheEntries, maxSize: MAX_CACHED_SIZE })
  const underWay = new Map<string, Promise<ContextDocument>>()
  const keep = (url: string, document: ContextDocument): ContextDocument => {
    cache.set(url, document, { size: document.size + 1 })
    return document
  }

  const refresh = async (url: string, timeoutMs: number, old?: ContextDocument): Promise<ContextDocument> => {
    try {
      const { context, headers, size } = await fetchContext(sources.egress, url, {
        maxBytes: limits.maxBytes,
        timeoutMs,
      })
      return keep(url, { context, size, freshUntil: clock() + freshFor(headers, clock()) })
    } catch (failure) {
      const away = failure instanceof Problem && failure.code === 'LdContextNotAvailable'
      if (!away || !old) throw failure
      return keep(url, { ...old, freshUntil: clock() + RETRY_AFTER })
    } finally {
      underWay.delete(url)
    }
  }

  return async (url, timeoutMs) => {
    const held = own(url)
    if (held !== undefined) {
      return { context: contextMember(url, held), size: 0, freshUntil: Number.POSITIVE_INFINITY }
    }
    const cached = cache.get(url)
    if (cached && cached.freshUntil > clock()) return cached
    const running = underWay.get(url) ?? refresh(url, timeoutMs, cached)
    underWay.set(url, running)
    return running
  }
}
