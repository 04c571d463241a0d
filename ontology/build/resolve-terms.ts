import type { Alignment, Iri } from '../vocabulary.ts'
import type { SourceAlign, SourceCommon } from './read-source.ts'

/** What a prefix is needed for. */
type Prefixes = Pick<SourceCommon, 'prefixes' | 'synonymPrefix'>

/**
 * Answers alignments as IRIs, laid over those of a shared attribute. In a plain list, terms of the vocabulary whose
 * prefix says so are the same, all others near. `unknown` makes the error for a term without a known prefix.
 */
export function resolveAlignment(
  stated: SourceAlign | undefined,
  base: Alignment = { same: [], sub: [], close: [] },
  common: Prefixes,
  unknown: (text: string) => Error,
): Alignment {
  const { same = [], sub = [], close = [] } = stated === undefined ? {} : byDegree(stated, common)
  const iris = (texts: readonly string[], others: readonly Iri[]) => [
    ...new Set([...texts.map((text) => expand(text, common, unknown)), ...others]),
  ]
  return { same: iris(same, base.same), sub: iris(sub, base.sub), close: iris(close, base.close) }
}

/** Answers what other vocabularies call something: what is stated and IRIs that mean the same, with their last names. */
export function resolveSynonyms(
  stated: readonly string[],
  { same }: Alignment,
  { prefixes, synonymPrefix }: Prefixes,
): readonly string[] {
  const start = prefixes[synonymPrefix] ?? ''
  const others = same.filter((iri) => iri.startsWith(start))
  const known = [...stated.map((text) => iriOf(text, prefixes) ?? text), ...others]
  return [...new Set(known.flatMap((text) => (text.startsWith(start) ? [text, lastName(text)] : [text])))]
}

function byDegree(stated: SourceAlign, { synonymPrefix }: Prefixes): Exclude<SourceAlign, readonly string[]> {
  if (!isList(stated)) return stated
  const isSame = (text: string) => text.startsWith(`${synonymPrefix}:`)
  return { same: stated.filter(isSame), close: stated.filter((text) => !isSame(text)) }
}

function isList(stated: SourceAlign): stated is readonly string[] {
  return Array.isArray(stated)
}

function expand(text: string, { prefixes }: Prefixes, unknown: (text: string) => Error): Iri {
  const iri = iriOf(text, prefixes)
  if (iri === undefined) throw unknown(text)
  return iri
}

function iriOf(text: string, prefixes: Prefixes['prefixes']): Iri | undefined {
  const at = text.indexOf(':')
  const prefix = at < 1 ? undefined : text.slice(0, at)
  return prefix !== undefined && Object.hasOwn(prefixes, prefix)
    ? `${prefixes[prefix]}${text.slice(at + 1)}`
    : undefined
}

function lastName(iri: Iri): string {
  return iri.slice(Math.max(iri.lastIndexOf('/'), iri.lastIndexOf('#')) + 1)
}
