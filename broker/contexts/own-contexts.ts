import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { JsonValue } from '../core/model/json.ts'
import type { Tenant } from '../core/model/tenant.ts'
import type { Micros } from '../core/model/time.ts'
import type { Store } from '../store/port/store.ts'
import type { ContextDocument } from './context-documents.ts'
import { CORE_CONTEXT_URL, CORE_CONTEXT_URLS } from './core-context.ts'
import { notAvailable } from './fetch-context.ts'
import { decodeStoredContext } from './stored-context.ts'

/** Path of the resource that contexts are served from (CIM 009 v1.9.1, 6.29). */
export const CONTEXTS_PATH = '/ngsi-ld/v1/jsonldContexts'

/** What `createOwnContexts` works with. */
export interface OwnContextsOptions {
  readonly publicUrl: string
  readonly clock: () => Micros
  /** Inline contexts that are remembered. */
  readonly max: number
  /** Where hosted contexts are kept; absent: nowhere. */
  readonly store?: Pick<Store, 'document'>
}

/** Contexts under URLs of this hub: inline ones in memory, what the store keeps of a tenant. */
export interface OwnContexts {
  /** What the URLs of these contexts begin with. */
  readonly prefix: string
  /** Remembers an inline context for as long as it is used. */
  remember(source: JsonValue): void
  forget(localId: string): void
  /** The context of this name, if it came inline: who knows its name knows its content. */
  inline(localId: string): JsonValue | undefined
  /** Answers the URL of a context, one of this hub unless it has its own. */
  urlOf(source: JsonValue): string
  isOwn(url: string): boolean
  /** Last part of a URL of this hub; anything else as it is. */
  localId(reference: string): string
  /** Answers what is behind a URL of this hub. @throws Problem LdContextNotAvailable */
  read(url: string, tenant: Tenant): Promise<ContextDocument>
}

/** How long a stored context is used before the store is asked again: another process may have deleted it. */
const LOOK_AGAIN_AFTER: Micros = 60_000_000

/** Makes the contexts that live under the hub's own URL. */
export function createOwnContexts({ publicUrl, clock, max, store }: OwnContextsOptions): OwnContexts {
  const inline = new LRUCache<string, { readonly context: JsonValue }>({ max })
  const prefix = `${publicUrl}${CONTEXTS_PATH}/`
  const localId = (reference: string): string =>
    reference.startsWith(prefix) ? reference.slice(prefix.length) : reference
  return {
    prefix,
    remember: (source) => {
      if (soleUrl(source) === undefined) inline.set(hashOf(source), { context: source })
    },
    forget: (id) => void inline.delete(id),
    inline: (id) => inline.get(id)?.context,
    urlOf: (source) => soleUrl(source) ?? prefix + hashOf(source),
    isOwn: (url) => url.startsWith(prefix),
    localId,
    read: async (url, tenant) => {
      const id = localId(url)
      const freshUntil = clock() + LOOK_AGAIN_AFTER
      const known = inline.get(id)
      if (known) return { context: known.context, freshUntil, size: 0 }
      const kept = decodeStoredContext(await store?.document(tenant, 'context', id), clock())
      if (!kept) throw notAvailable(url, 'this hub has none of that name')
      return { context: kept.context, freshUntil, size: 0 }
    },
  }
}

/** Names content by its hash. */
export function hashOf(content: JsonValue): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url')
}

/** Answers the one URL that means the same as this context, if there is one: the core goes without saying. */
export function soleUrl(source: JsonValue): string | undefined {
  if (typeof source === 'string') return source
  if (!Array.isArray(source)) return undefined
  const others = source.filter((item) => typeof item !== 'string' || !CORE_CONTEXT_URLS.has(item))
  if (others.length === 0) return CORE_CONTEXT_URL
  const [first] = others
  return others.length === 1 && typeof first === 'string' ? first : undefined
}
