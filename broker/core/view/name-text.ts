import { KnownNames } from '../context/known-names.ts'
import type { TermTable } from '../context/term-table.ts'
import type { Iri } from '../model/iri.ts'

const texts = new KnownNames<string>()

/** Writes the short name of an IRI as JSON text; kept, since the same few names stand in all entities. */
export function nameText(iri: Iri, table: TermTable): string {
  const known = texts.ofTable(table)
  return known.find(iri) ?? known.keep(iri, JSON.stringify(table.compact(iri)))
}
