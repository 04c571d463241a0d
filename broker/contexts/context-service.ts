import type { Egress } from '../../security/egress/egress.ts'
import { buildTermTable } from '../core/context/build-term-table.ts'
import type { TermTable } from '../core/context/term-table.ts'
import { DEFAULT_CONTEXT, type Iri } from '../core/model/iri.ts'
import { isJsonObject, type JsonValue } from '../core/model/json.ts'
import { badRequestData } from '../core/model/problem.ts'
import { DEFAULT_TENANT, type Tenant } from '../core/model/tenant.ts'
import type { Micros } from '../core/model/time.ts'
import type { Store } from '../store/port/store.ts'
import { type BuildTable, cachedTables } from './cached-tables.ts'
import { type ContextDocuments, cachedContexts, localIdOf, type ReadContext } from './context-documents.ts'
import { type ContextLimits, DEFAULT_CONTEXT_LIMITS } from './context-limits.ts'
import { CORE_CONTEXT_URL, CORE_CONTEXT_URLS } from './core-context.ts'
import { coreDefinitions } from './core-definitions.ts'
import { contextMember } from './fetch-context.ts'
import { gatherContexts } from './gather-contexts.ts'
import { createOwnContexts, hashOf, type OwnContexts, soleUrl } from './own-contexts.ts'
import { readDefinitions } from './read-definitions.ts'

/** What a context service is made of. */
export interface ContextServiceOptions {
  readonly egress: Egress
  /** Where others reach this hub, without a slash at the end. */
  readonly publicUrl: string
  /** URL, array or object that is used when a request names none; absent: the core alone. */
  readonly defaultContext?: JsonValue
  /** Whether `application/ld+json` answers name the core after the user's @context (5.2.3). */
  readonly servesCore?: boolean
  /** URL → context document `{ "@context": … }` that is answered from memory. */
  readonly builtIn?: ReadonlyMap<string, JsonValue>
  /** Answers the IRI that the hub has for the same thing; absent: every IRI stands for itself. */
  readonly sameAs?: (iri: Iri) => Iri | undefined
  /** Keeps the contexts that are hosted for others; absent: there are none. */
  readonly store?: Pick<Store, 'document'>
  readonly clock: () => Micros
  readonly limits?: Partial<ContextLimits>
}

/** A copy of a document that belongs to another server (CIM 009 v1.9.1, 5.13.1). */
export interface CachedContext {
  readonly url: string
  readonly localId: string
  readonly createdAt: Micros
  readonly lastUsage?: Micros
  /** Part of the hub: there whether it is used or not. */
  readonly builtIn: boolean
}

/** Resolves JSON-LD @contexts to term tables, once each (CIM 009 v1.9.1, 4.4 and 5.5.7). */
export interface ContextService {
  /** The core alone: what the hub's own names are written with. */
  readonly core: TermTable
  /**
   * Resolves an `@context` member or the URL of a Link header; undefined: the default.
   * @throws Problem LdContextNotAvailable when a URL does not answer, BadRequestData when a context is not valid
   */
  resolve(source: JsonValue | undefined, tenant?: Tenant): Promise<TermTable>
  /** Answers what `resolve` would, where that is ready; of a URL, or of the default. */
  known(url: string | undefined, tenant: Tenant): TermTable | undefined
  /** Answers an inline context of this process by the last part of its URL. */
  inline(localId: string): JsonValue | undefined
  /** Answers the last part of the URL that a table has because its context came inline. */
  inlineId(table: TermTable): string | undefined
  /** Answers the URL of a context that this hub serves. */
  urlOf(localId: string): string
  /** Last part of a URL of this hub; anything else as it is. */
  localId(reference: string): string
  cached(): readonly CachedContext[]
  /** Finds a copy by the URL of its document or by its local id. */
  findCached(reference: string): CachedContext | undefined
  /** Forgets all that was made of this URL, be it a copy or of this hub. */
  drop(url: string): void
  /** Replaces a copy by a new one, or leaves it as it is. @throws Problem LdContextNotAvailable */
  reload(url: string): Promise<void>
}

/** Makes the context service; the core is there at once. */
export function createContextService(options: ContextServiceOptions): ContextService {
  const { clock, publicUrl, store, servesCore = false } = options
  const builtIn = options.builtIn ?? new Map<string, JsonValue>()
  const limits = { ...DEFAULT_CONTEXT_LIMITS, ...options.limits }
  const core = coreTable()
  const own = createOwnContexts({ publicUrl, clock, max: limits.cacheEntries, ...(store && { store }) })
  const documents = cachedContexts({ egress: options.egress, clock, limits })
  const readFor = readerFor({ builtIn, own, documents })
  const tables = cachedTables(
    tableBuilder({
      ...{ readFor, limits, clock, core, own, servesCore },
      ...(options.sameAs && { sameAs: options.sameAs }),
    }),
    clock,
    limits.cacheEntries,
  )
  return {
    core,
    resolve: async (source = options.defaultContext, tenant = DEFAULT_TENANT) => {
      if (source === undefined) return core
      checkSource(source)
      own.remember(source)
      return tables.get(source, tenant)
    },
    known: (url, tenant) => {
      const source = url ?? options.defaultContext
      return source === undefined ? core : tables.known(source, tenant)
    },
    inline: own.inline,
    inlineId: ({ source, url }) =>
      own.isOwn(url) && soleUrl(source) === undefined ? own.localId(url) : undefined,
    urlOf: (localId) => `${own.prefix}${localId}`,
    localId: own.localId,
    ...copies({ builtIn, documents, lastUse: tables.lastUse, startedAt: clock() }),
    drop: (url) => {
      documents.drop(url)
      own.forget(own.localId(url))
      tables.drop(url)
    },
    reload: async (url) => {
      await documents.reload(url, checkDocument(url, { readFor, limits, clock }))
      tables.drop(url)
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

interface Places {
  readonly builtIn: ReadonlyMap<string, JsonValue>
  readonly own: OwnContexts
  readonly documents: ContextDocuments
}

/** Answers from memory what is part of the hub, from the tenant's store what it hosts, the rest from its server. */
function readerFor({ builtIn, own, documents }: Places): (tenant: Tenant) => ReadContext {
  return (tenant) => async (url, timeoutMs) => {
    const held = builtIn.get(url)
    if (held !== undefined) {
      return { context: contextMember(url, held), size: 0, freshUntil: Number.POSITIVE_INFINITY }
    }
    return own.isOwn(url) ? own.read(url, tenant) : documents.read(url, timeoutMs)
  }
}

interface Building {
  readonly readFor: (tenant: Tenant) => ReadContext
  readonly limits: ContextLimits
  readonly clock: () => Micros
  readonly core: TermTable
  readonly own: OwnContexts
  readonly servesCore: boolean
  readonly sameAs?: (iri: Iri) => Iri | undefined
}

/** Answers the builder of tables; a context whose content stayed the same keeps its table. */
function tableBuilder({ readFor, limits, clock, core, own, servesCore, sameAs }: Building): BuildTable {
  return async (source, tenant, old) => {
    const gathered = await gatherContexts(source, { read: readFor(tenant), limits, clock })
    const { contexts, urls, freshUntil } = gathered
    const url = own.urlOf(source)
    const about = { freshUntil, urls: [...urls, url], private: urls.some(own.isOwn) }
    const served = servesCore ? withCore(source) : source
    if (contexts.length === 0) return { ...about, table: { ...core, source, served, url }, size: 1 }
    const hash = hashOf([...contexts, CORE_CONTEXT_URL])
    const size = JSON.stringify(contexts).length
    if (old?.hash === hash) return { ...about, table: old, size }
    const definitions = await readDefinitions(contexts, urls.join(', ') || 'of the request')
    const made = { hash, source, served, url, vocabulary: DEFAULT_CONTEXT, definitions }
    const table = buildTermTable({ ...made, ...(sameAs && { sameAs }) })
    return { ...about, table, size }
  }
}

/** Checks what is to take the place of a copy, with all that it refers to (5.13.5). @throws Problem */
function checkDocument(
  url: string,
  { readFor, limits, clock }: Pick<Building, 'readFor' | 'limits' | 'clock'>,
): (context: JsonValue) => Promise<void> {
  const others = readFor(DEFAULT_TENANT)
  return async (context) => {
    const read: ReadContext = async (asked, timeoutMs) =>
      asked === url ? { context, size: 0, freshUntil: clock() } : others(asked, timeoutMs)
    const { contexts } = await gatherContexts(url, { read, limits, clock })
    await readDefinitions(contexts, url)
  }
}

/** Puts the core behind a @context that does not name it. */
function withCore(source: JsonValue): JsonValue {
  const list: readonly JsonValue[] = Array.isArray(source) ? source : [source]
  return list.some((item) => typeof item === 'string' && CORE_CONTEXT_URLS.has(item))
    ? source
    : [...list, CORE_CONTEXT_URL]
}

interface Copies {
  readonly builtIn: ReadonlyMap<string, JsonValue>
  readonly documents: ContextDocuments
  readonly lastUse: (url: string) => Micros | undefined
  readonly startedAt: Micros
}

/** Answers the copies of other servers' documents; the core and other built-in ones count among them. */
function copies({
  builtIn,
  documents,
  lastUse,
  startedAt,
}: Copies): Pick<ContextService, 'cached' | 'findCached'> {
  const held = new Set([...CORE_CONTEXT_URLS, ...builtIn.keys()])
  const listed = [CORE_CONTEXT_URL, ...builtIn.keys()]
  const describe = (url: string, createdAt: Micros): CachedContext => {
    const used = lastUse(url)
    const about = { url, localId: localIdOf(url), createdAt, builtIn: held.has(url) }
    return { ...about, ...(used !== undefined && { lastUsage: used }) }
  }
  return {
    cached: () => [
      ...listed.map((url) => describe(url, startedAt)),
      ...documents.all().map(({ url, createdAt }) => describe(url, createdAt)),
    ],
    findCached: (reference) => {
      const builtInUrl = [...held].find((url) => url === reference || localIdOf(url) === reference)
      if (builtInUrl !== undefined) return describe(builtInUrl, startedAt)
      const found = documents.all().find(({ url, localId }) => url === reference || localId === reference)
      return found && describe(found.url, found.createdAt)
    },
  }
}
