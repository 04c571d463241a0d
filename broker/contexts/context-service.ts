import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Egress } from '../../security/egress/egress.ts'
import { buildTermTable } from '../core/context/build-term-table.ts'
import type { TermTable } from '../core/context/term-table.ts'
import { DEFAULT_CONTEXT } from '../core/model/iri.ts'
import { isJsonObject, type JsonValue } from '../core/model/json.ts'
import { badRequestData } from '../core/model/problem.ts'
import type { Micros } from '../core/model/time.ts'
import { cachedContexts } from './context-documents.ts'
import { type ContextLimits, DEFAULT_CONTEXT_LIMITS } from './context-limits.ts'
import { CORE_CONTEXT_URL, CORE_CONTEXT_URLS } from './core-context.ts'
import { coreDefinitions } from './core-definitions.ts'
import { type GatherOptions, gatherContexts } from './gather-contexts.ts'
import { readDefinitions } from './read-definitions.ts'

/** What a context service is made of. */
export interface ContextServiceOptions {
  readonly egress: Egress
  /** Where others reach this hub, without a slash at the end. */
  readonly publicUrl: string
  /** URL, array or object that is used when a request names none; absent: the core alone. */
  readonly defaultContext?: JsonValue
  /** URL → context document `{ "@context": … }` that is answered from memory. */
  readonly builtIn?: ReadonlyMap<string, JsonValue>
  readonly clock: () => Micros
  readonly limits?: Partial<ContextLimits>
}

/** Resolves JSON-LD @contexts to term tables, once each (CIM 009 v1.9.1, 4.4 and 5.5.7). */
export interface ContextService {
  /** The core alone: what the hub's own names are written with. */
  readonly core: TermTable
  /**
   * Resolves an `@context` member or the URL of a Link header; undefined: the default.
   * @throws Problem LdContextNotAvailable when a URL does not answer, BadRequestData when a context is not valid
   */
  resolve(source: JsonValue | undefined): Promise<TermTable>
  /** Answers the document of an inline context by the last part of its URL: they are ImplicitlyCreated (5.13). */
  hosted(hash: string): JsonValue | undefined
}

/** A term table, and until when it may be used without looking again. */
interface CachedTable {
  readonly table: TermTable
  readonly freshUntil: Micros
  /** Length of the resolved content. */
  readonly size: number
}

const MAX_TABLES_SIZE = 33_554_432
const HOSTED_PATH = '/ngsi-ld/v1/jsonldContexts/'

/** Makes the context service; the core is there at once. */
export function createContextService(options: ContextServiceOptions): ContextService {
  const limits = { ...DEFAULT_CONTEXT_LIMITS, ...options.limits }
  const core = coreTable()
  const hosting = createHosting(options.publicUrl, limits.cacheEntries)
  const own = (url: string) => options.builtIn?.get(url) ?? hosting.byUrl(url)
  const read = cachedContexts({ egress: options.egress, clock: options.clock, limits, own })
  const build = tableBuilder({ read, limits, clock: options.clock }, core, hosting.urlOf)
  const resolve = cachedTables(build, options.clock, limits.cacheEntries)
  return {
    core,
    hosted: hosting.byHash,
    resolve: async (source = options.defaultContext) => {
      if (source === undefined) return core
      checkSource(source)
      hosting.keep(source)
      return resolve(source)
    },
  }
}

function coreTable(): TermTable {
  return buildTermTable({
    hash: hashOf([CORE_CONTEXT_URL]),
    source: CORE_CONTEXT_URL,
    url: CORE_CONTEXT_URL,
    vocabulary: DEFAULT_CONTEXT,
    definitions: coreDefinitions(),
  })
}

function checkSource(source: JsonValue): void {
  if (typeof source === 'string' || isJsonObject(source) || Array.isArray(source)) return
  throw badRequestData('@context of the request is not a URL, an object or an array of these')
}

function hashOf(content: JsonValue): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('base64url')
}

/** Answers the one URL that means the same as this context, if there is one: the core goes without saying. */
function soleUrl(source: JsonValue): string | undefined {
  if (typeof source === 'string') return source
  if (!Array.isArray(source)) return undefined
  const others = source.filter((item) => typeof item !== 'string' || !CORE_CONTEXT_URLS.has(item))
  if (others.length === 0) return CORE_CONTEXT_URL
  const [first] = others
  return others.length === 1 && typeof first === 'string' ? first : undefined
}

/** Inline contexts under URLs of this hub. */
interface Hosting {
  /** Remembers an inline context for as long as it is used. */
  keep(source: JsonValue): void
  urlOf(source: JsonValue): string
  byUrl(url: string): JsonValue | undefined
  byHash(hash: string): JsonValue | undefined
}

function createHosting(publicUrl: string, max: number): Hosting {
  const documents = new LRUCache<string, { readonly '@context': JsonValue }>({ max })
  const prefix = `${publicUrl}${HOSTED_PATH}`
  return {
    keep: (source) => {
      if (soleUrl(source) === undefined) documents.set(hashOf(source), { '@context': source })
    },
    urlOf: (source) => soleUrl(source) ?? prefix + hashOf(source),
    byUrl: (url) => (url.startsWith(prefix) ? documents.get(url.slice(prefix.length)) : undefined),
    byHash: (hash) => documents.get(hash),
  }
}

type Build = (source: JsonValue, old?: TermTable) => Promise<CachedTable>

/** Answers the builder of tables; a context whose content stayed the same keeps its table. */
function tableBuilder(gather: GatherOptions, core: TermTable, urlOf: Hosting['urlOf']): Build {
  return async (source, old) => {
    const { contexts, urls, freshUntil } = await gatherContexts(source, gather)
    const url = urlOf(source)
    if (contexts.length === 0) return { table: { ...core, source, url }, freshUntil, size: 1 }
    const hash = hashOf([...contexts, CORE_CONTEXT_URL])
    const size = JSON.stringify(contexts).length
    if (old?.hash === hash) return { table: old, freshUntil, size }
    const definitions = await readDefinitions(contexts, urls.join(', ') || 'of the request')
    const table = buildTermTable({ hash, source, url, vocabulary: DEFAULT_CONTEXT, definitions })
    return { table, freshUntil, size }
  }
}

/** Answers the same table while it is fresh, and builds each only once at a time. */
function cachedTables(
  build: Build,
  clock: () => Micros,
  max: number,
): (source: JsonValue) => Promise<TermTable> {
  const tables = new LRUCache<string, CachedTable>({ max, maxSize: MAX_TABLES_SIZE })
  const underWay = new Map<string, Promise<CachedTable>>()
  const make = async (key: string, source: JsonValue): Promise<CachedTable> => {
    try {
      const made = await build(source, tables.get(key)?.table)
      tables.set(key, made, { size: made.size })
      return made
    } finally {
      underWay.delete(key)
    }
  }
  return async (source) => {
    const key = typeof source === 'string' ? source : hashOf(source)
    const cached = tables.get(key)
    if (cached && cached.freshUntil > clock()) return cached.table
    const running = underWay.get(key) ?? make(key, source)
    underWay.set(key, running)
    return (await running).table
  }
}
