import type { Iri } from '../model/iri.ts'
import { NameMemory } from '../model/name-memory.ts'
import type { TermTable } from './term-table.ts'

/** Remembers what checked names stand for in each @context. */
export class KnownNames {
  readonly #tables = new WeakMap<TermTable, NameMemory<Iri>>()

  /** Answers the memory of one @context. */
  ofTable(table: TermTable): NameMemory<Iri> {
    const known = this.#tables.get(table)
    if (known) return known
    const names = new NameMemory<Iri>()
    this.#tables.set(table, names)
    return names
  }
}
