import type { TermTable } from '../context/term-table.ts'
import type { Iri } from '../model/iri.ts'

/** So many names are kept for one @context. */
const KEPT = 1000

const texts = new WeakMap<TermTable, Map<Iri, string>>()

/** Writes the short name of an IRI as JSON text; kept, since the same few names stand in all entities. */
export function nameText(iri: Iri, table: TermTable): string {
  const ofTable = texts.get(table) ?? new Map<Iri, string>()
  const kept = ofTable.get(iri)
  if (kept !== undefined) return kept
  const text = JSON.stringify(table.compact(iri))
  if (ofTable.size >= KEPT) ofTable.clear()
  texts.set(table, ofTable.set(iri, text))
  return text
}
