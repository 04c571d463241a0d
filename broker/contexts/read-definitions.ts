import type { TermDefinition } from '../core/context/build-term-table.ts'
import type { JsonObject, JsonValue } from '../core/model/json.ts'
import { badRequestData } from '../core/model/problem.ts'
import { CORE_CONTEXT } from './core-context.ts'

/** What the processor keeps of one term. */
interface Mapping {
  readonly '@id'?: string | null
  readonly '@type'?: string
  readonly '@container'?: readonly string[]
  readonly reverse?: boolean
  readonly _prefix?: boolean
}

/** The part of the JSON-LD processor that is used; its published types leave it out. */
interface Processor {
  processContext(
    active: unknown,
    local: JsonValue,
    options: { documentLoader: (url: string) => Promise<never> },
  ): Promise<{ readonly mappings: ReadonlyMap<string, Mapping | null> }>
}

const CORE_TERMS = new Set(Object.keys(CORE_CONTEXT).filter((term) => !term.startsWith('@')))
const { '@protected': _, ...OPEN_CORE } = CORE_CONTEXT

/**
 * Processes local contexts with the core before and after them: they may build on its terms, and it wins
 * (CIM 009 v1.9.1, 5.5.7). @throws Problem BadRequestData when they are not a valid JSON-LD context
 */
export async function readDefinitions(
  contexts: readonly JsonObject[],
  name: string,
): Promise<readonly TermDefinition[]> {
  const processor = await loadProcessor()
  const options = { documentLoader: refuseDocument }
  const sequence = [OPEN_CORE, ...contexts.map(releaseCoreTerms), CORE_CONTEXT]
  try {
    const initial = await processor.processContext(null, null, options)
    const { mappings } = await processor.processContext(initial, sequence, options)
    return [...mappings].map(([term, mapping]) => toDefinition(term, mapping))
  } catch (cause) {
    throw badRequestData(`@context ${name} is not valid JSON-LD: ${reasonOf(cause)}`)
  }
}

/** Loads the library when the first @context is resolved: it is slow to load and idle afterwards. */
async function loadProcessor(): Promise<Processor> {
  const library: unknown = (await import('jsonld')).default
  return library as Processor // its published types lack processContext
}

async function refuseDocument(url: string): Promise<never> {
  throw new Error(`${url} is referred to from inside a term`)
}

/** Takes the protection off core terms that a user context redefines, so that the core can follow it. */
function releaseCoreTerms(context: JsonObject): JsonObject {
  const all = context['@protected'] === true
  const released = Object.entries(context).map(([term, value]): [string, JsonValue] => [
    term,
    CORE_TERMS.has(term) ? unprotected(value, all) : value,
  ])
  return Object.fromEntries(released)
}

function unprotected(value: JsonValue, all: boolean): JsonValue {
  if (typeof value === 'string' || value === null) {
    return all ? { '@id': value, '@protected': false, ...(isPrefix(value) && { '@prefix': true }) } : value
  }
  if (typeof value !== 'object' || Array.isArray(value)) return value
  return { ...value, '@protected': false }
}

function isPrefix(iri: string | null): boolean {
  return iri !== null && /[:/?#[\]@]$/.test(iri)
}

function toDefinition(term: string, mapping: Mapping | null): TermDefinition {
  return {
    term,
    iri: mapping?.['@id'] ?? null,
    prefix: mapping?._prefix === true,
    reverse: mapping?.reverse === true,
    containers: mapping?.['@container'] ?? [],
    ...(mapping?.['@type'] !== undefined && { coercion: mapping['@type'] }),
  }
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'it cannot be processed'
  const details: unknown = 'details' in cause ? cause.details : undefined
  const term = memberOf(details, 'term')
  const code = memberOf(details, 'code') ?? 'it cannot be processed'
  return term === undefined ? code : `${code} (term ${term})`
}

function memberOf(details: unknown, name: 'term' | 'code'): string | undefined {
  if (typeof details !== 'object' || details === null || !(name in details)) return undefined
  const value: unknown = Reflect.get(details, name)
  return typeof value === 'string' ? value : undefined
}
