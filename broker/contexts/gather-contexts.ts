import { isJsonObject, type JsonObject, type JsonValue } from '../core/model/json.ts'
import { badRequestData } from '../core/model/problem.ts'
import type { Micros } from '../core/model/time.ts'
import type { ReadContext } from './context-documents.ts'
import type { ContextLimits } from './context-limits.ts'
import { CORE_CONTEXT_URLS } from './core-context.ts'

/** A user context taken apart: its local contexts in order, without the core. */
export interface GatheredContexts {
  readonly contexts: readonly JsonObject[]
  /** Remote contexts among them. */
  readonly urls: readonly string[]
  readonly freshUntil: Micros
}

/** What `gatherContexts` works with. */
export interface GatherOptions {
  readonly read: ReadContext
  readonly limits: ContextLimits
  readonly clock: () => Micros
}

/** Where the walk stands: the URLs that led here, outermost first. */
type Trail = readonly string[]

/** Fetches and flattens a user context. @throws Problem LdContextNotAvailable or BadRequestData, naming the URL */
export async function gatherContexts(source: JsonValue, options: GatherOptions): Promise<GatheredContexts> {
  const walk = new Walk(options)
  await walk.take(source, [])
  return walk
}

class Walk implements GatheredContexts {
  readonly contexts: JsonObject[] = []
  readonly urls: string[] = []
  freshUntil: Micros = Number.POSITIVE_INFINITY
  readonly #options: GatherOptions
  readonly #deadline: Micros
  #count = 0

  constructor(options: GatherOptions) {
    this.#options = options
    this.#deadline = options.clock() + options.limits.timeoutMs * 1000
  }

  async take(value: JsonValue, trail: Trail): Promise<void> {
    if (!Array.isArray(value)) return this.#takeOne(value, trail)
    for (const item of value) {
      if (item === null) this.contexts.length = 0
      else await this.#takeOne(item, trail)
    }
  }

  async #takeOne(value: JsonValue, trail: Trail): Promise<void> {
    this.#count += 1
    const { maxContexts } = this.#options.limits
    if (this.#count > maxContexts) {
      throw badRequestData(`@context ${nameOf(trail)} consists of more than ${maxContexts} contexts`)
    }
    if (typeof value === 'string') return this.#takeRemote(value, trail)
    if (!isJsonObject(value))
      throw badRequestData(`@context ${nameOf(trail)} is not a URL, an object or an array of these`)
    await this.#takeLocal(value, trail)
  }

  async #takeRemote(reference: string, trail: Trail): Promise<void> {
    const url = absoluteUrl(reference, trail)
    if (CORE_CONTEXT_URLS.has(url)) return
    await this.take(await this.#read(url, trail), [...trail, url])
  }

  async #read(url: string, trail: Trail): Promise<JsonValue> {
    const { read, limits, clock } = this.#options
    if (trail.includes(url)) throw badRequestData(`@context ${url} refers to itself`)
    if (trail.length >= limits.maxDepth) {
      throw badRequestData(`@context ${url} lies more than ${limits.maxDepth} levels deep`)
    }
    const remaining = Math.max(1, Math.ceil((this.#deadline - clock()) / 1000))
    const { context, freshUntil } = await read(url, remaining)
    this.urls.push(url)
    this.freshUntil = Math.min(this.freshUntil, freshUntil)
    return context
  }

  async #takeLocal(value: JsonObject, trail: Trail): Promise<void> {
    const context = '@import' in value ? await this.#import(value, trail) : value
    checkLocal(context, trail)
    this.contexts.push(withoutIneffective(context))
  }

  async #import({ '@import': reference, ...own }: JsonObject, trail: Trail): Promise<JsonObject> {
    if (typeof reference !== 'string')
      throw badRequestData(`@context ${nameOf(trail)} has an @import that is not a URL`)
    const url = absoluteUrl(reference, trail)
    const imported = CORE_CONTEXT_URLS.has(url) ? {} : await this.#read(url, trail)
    if (!isJsonObject(imported) || '@import' in imported) {
      throw badRequestData(`@context ${url} cannot be imported: it is not one plain object`)
    }
    return { ...imported, ...own }
  }
}

function nameOf(trail: Trail): string {
  return trail.at(-1) ?? 'of the request'
}

function absoluteUrl(reference: string, trail: Trail): string {
  const base = trail.at(-1)
  if (!URL.canParse(reference, base)) throw badRequestData(`@context ${reference} is not a URL`)
  const url = new URL(reference, base)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw badRequestData(`@context ${reference} is not an http or https URL`)
  }
  if (url.username !== '' || url.password !== '') throw badRequestData('@context URL holds credentials')
  url.hash = ''
  return url.href
}

/** Scoped contexts could change the core from inside (CIM 009 v1.9.1, 5.5.7). @throws Problem BadRequestData */
function checkLocal(context: JsonObject, trail: Trail): void {
  if (context['@propagate'] === false) {
    throw badRequestData(`@context ${nameOf(trail)} has "@propagate": false, which NGSI-LD has no use for`)
  }
  for (const [term, definition] of Object.entries(context)) {
    if (term === '__proto__') throw badRequestData(`@context ${nameOf(trail)} defines the term __proto__`)
    if (isJsonObject(definition) && Object.hasOwn(definition, '@context')) {
      throw badRequestData(`@context ${nameOf(trail)} has a scoped context in the term ${term}`)
    }
  }
}

/** Leaves out what has no bearing on names, or only repeats the default. */
function withoutIneffective(context: JsonObject): JsonObject {
  const { '@base': _base, '@propagate': _propagate, '@protected': isProtected, ...rest } = context
  return isProtected === undefined || isProtected === false ? rest : { '@protected': isProtected, ...rest }
}
