import type { Iri } from '../model/iri.ts'
import type { JsonValue } from '../model/json.ts'

/** How a term coerces its value (JSON-LD `@type` of the term). */
export type Coercion = '@id' | '@vocab' | '@json' | Iri

/** A resolved JSON-LD @context as two look-up tables: what expansion and compaction of NGSI-LD need, and no more. */
export interface TermTable {
  /** Names the content in cache keys: equal hashes expand and compact alike. */
  readonly hash: string
  /** The user's @context: URL, object or array. */
  readonly source: JsonValue
  /** The @context of `application/ld+json` answers: the source, with the core behind it where that is configured. */
  readonly served: JsonValue
  /** URL under which the context can be fetched, for the Link header of `application/json` answers. */
  readonly url: string
  /** Expands a name of a type, an attribute or a vocab value: term, `prefix:name` or IRI; else the default vocabulary. */
  expand(name: string): Iri
  /** Compacts an IRI to the shortest name that expands to it again: term, `prefix:name`, or the IRI itself. */
  compact(iri: Iri): string
  /** How values of this attribute are coerced; undefined when they are not. */
  coercion(name: string): Coercion | undefined
}
