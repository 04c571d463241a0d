import type { Iri } from '../model/iri.ts'
import type { JsonValue } from '../model/json.ts'
import { badRequestData } from '../model/problem.ts'
import { compareText } from '../query/compare-text.ts'
import type { Coercion, TermTable } from './term-table.ts'

/** What a resolved @context says about one term. */
export interface TermDefinition {
  readonly term: string
  /** The IRI or keyword it stands for; null: the context takes it out of use. */
  readonly iri: string | null
  /** It may stand before the colon of a compact IRI. */
  readonly prefix: boolean
  /** It names a property that points the other way; never chosen for compaction. */
  readonly reverse: boolean
  readonly coercion?: Coercion
  readonly containers: readonly string[]
}

/** A resolved @context, read term by term. */
export interface TermSource {
  readonly hash: string
  readonly source: JsonValue
  /** Absent: the source. */
  readonly served?: JsonValue
  readonly url: string
  /** What names without a definition are appended to. */
  readonly vocabulary: Iri
  readonly definitions: Iterable<TermDefinition>
  /** Answers the IRI that the hub has for the same thing; absent: every IRI stands for itself. */
  readonly sameAs?: (iri: Iri) => Iri | undefined
}

const KEYWORD_LIKE = /^@[A-Za-z]+$/
const ABSOLUTE = /^[A-Za-z][A-Za-z0-9+.-]*:\S*$/

/** Builds the look-up tables of a resolved @context (JSON-LD 1.1 API, 5.1 and 6.1 to 6.3, vocabulary position). */
export function buildTermTable(made: TermSource): TermTable {
  const { hash, source, served = source, url, vocabulary, definitions, sameAs } = made
  const stated = sameAs ? [...definitions].map((definition) => ownedBy(definition, sameAs)) : [...definitions]
  const terms = new Map(stated.map((definition) => [definition.term, definition]))
  const expand = expander(terms, vocabulary)
  const expanded = (name: string) => asName(name, expand(name))
  return {
    hash,
    source,
    served,
    url,
    expand: sameAs ? (name) => ownIri(expanded(name), sameAs) : expanded,
    compact: compacter(terms, vocabulary, expand),
    coercion: (name) => terms.get(name)?.coercion,
  }
}

/** A term of another vocabulary stands for what the hub has of it; a prefix stays what it is. */
function ownedBy(definition: TermDefinition, sameAs: (iri: Iri) => Iri | undefined): TermDefinition {
  const { iri, prefix } = definition
  return iri === null || prefix ? definition : { ...definition, iri: ownIri(iri, sameAs) }
}

function ownIri(iri: Iri, sameAs: (iri: Iri) => Iri | undefined): Iri {
  return sameAs(iri) ?? iri
}

type Terms = ReadonlyMap<string, TermDefinition>
type Expand = (name: string) => string | null

/** IRI expansion: term, else compact or absolute IRI, else relative to the vocabulary. */
function expander(terms: Terms, vocabulary: Iri): Expand {
  return (name) => {
    const own = terms.get(name)
    if (own) return own.iri
    if (KEYWORD_LIKE.test(name)) return null
    const colon = name.indexOf(':')
    return (colon > 0 && expandWithColon(terms, name, colon)) || vocabulary + name
  }
}

function expandWithColon(terms: Terms, name: string, colon: number): string | undefined {
  const suffix = name.slice(colon + 1)
  if (suffix.startsWith('//')) return name
  const prefix = terms.get(name.slice(0, colon))
  if (prefix?.prefix) return prefix.iri + suffix
  return ABSOLUTE.test(name) ? name : undefined
}

function asName(name: string, iri: string | null): Iri {
  if (iri === null) throw badRequestData(`Name ${name} is mapped to nothing by the @context`)
  if (iri.startsWith('@')) throw badRequestData(`Name ${name} stands for ${iri} in the @context`)
  return iri
}

/** IRI compaction: the best term, else relative to the vocabulary, else the shortest compact IRI, else the IRI. */
function compacter(terms: Terms, vocabulary: Iri, expand: Expand): TermTable['compact'] {
  const inverse = inverseOf(terms)
  const prefixes = prefixesOf(terms)
  return (iri) => {
    const term = inverse.get(iri)
    if (term !== undefined) return term
    const relative = iri.startsWith(vocabulary) ? iri.slice(vocabulary.length) : ''
    if (relative !== '' && expand(relative) === iri) return relative
    return compactWithPrefix(iri, prefixes, expand) ?? iri
  }
}

/** IRI → the term that JSON-LD prefers for it: plain before contained, `@id` before untyped before typed, then short. */
function inverseOf(terms: Terms): ReadonlyMap<Iri, string> {
  const best = new Map<Iri, TermDefinition>()
  for (const definition of terms.values()) {
    if (definition.iri === null || definition.reverse) continue
    const current = best.get(definition.iri)
    if (!current || prefer(definition, current) < 0) best.set(definition.iri, definition)
  }
  return new Map([...best].map(([iri, { term }]) => [iri, term]))
}

function prefer(left: TermDefinition, right: TermDefinition): number {
  return (
    containerRank(left) - containerRank(right) ||
    coercionRank(left) - coercionRank(right) ||
    compareShortestLeast(left.term, right.term)
  )
}

function containerRank({ containers }: TermDefinition): number {
  if (containers.length === 0) return 1
  return containers.length === 1 && containers[0] === '@set' ? 0 : 2
}

function coercionRank({ coercion }: TermDefinition): number {
  if (coercion === '@id') return 0
  return coercion === undefined ? 1 : 2
}

/** IRIs that prefixes stand for, with the prefixes of each, longest first; looked up by the start of an IRI. */
interface Prefixes {
  readonly lengths: readonly number[]
  readonly byIri: ReadonlyMap<Iri, readonly string[]>
}

function prefixesOf(terms: Terms): Prefixes {
  const byIri = new Map<Iri, string[]>()
  for (const { term, iri, prefix } of terms.values()) {
    if (!prefix || iri === null || term.includes(':')) continue
    byIri.set(iri, [...(byIri.get(iri) ?? []), term])
  }
  const lengths = new Set([...byIri.keys()].map((iri) => iri.length))
  return { byIri, lengths: [...lengths].sort((left, right) => right - left) }
}

function compactWithPrefix(iri: Iri, { lengths, byIri }: Prefixes, expand: Expand): string | undefined {
  let best: string | undefined
  for (const length of lengths) {
    if (length >= iri.length) continue
    for (const prefix of byIri.get(iri.slice(0, length)) ?? []) {
      const compact = `${prefix}:${iri.slice(length)}`
      const better = best === undefined || compareShortestLeast(compact, best) < 0
      if (better && expand(compact) === iri) best = compact
    }
  }
  return best
}

function compareShortestLeast(left: string, right: string): number {
  return left.length - right.length || compareText(left, right)
}
