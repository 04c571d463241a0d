import type { TermTable } from '../context/term-table.ts'
import type { Iri } from '../model/iri.ts'
import { NameMemory } from '../model/name-memory.ts'

const texts = new WeakMap<TermTable, NameMemory<string>>()

/** Writes the short name of an IRI as JSON text; kept, since the same few names stand in all entities. */
export function nameText(iri: Iri, table: TermTable): string {
  const known = memoryOf(table)
  return known.find(iri) ?? known.keep(iri, JSON.stringify(table.compact(iri)))
}

function memoryOf(table: TermTable): NameMemory<string> {
  const known = texts.get(table)
  if (known) return known
  const memory = new NameMemory<string>()
  texts.set(table, memory)
  return memory
}
