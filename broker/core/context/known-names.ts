import type { Iri } from '../model/iri.ts'
import type { TermTable } from './term-table.ts'

const MOST_NAMES = 1000
const LONGEST_NAME = 200

/** Remembers what checked names stand for in each @context: the same few come with every body. Never values or ids. */
export class KnownNames {
  readonly #tables = new WeakMap<TermTable, Map<string, Iri>>()

  /** Answers the IRI of a name that was kept before. */
  find(name: string, table: TermTable): Iri | undefined {
    return this.#tables.get(table)?.get(name)
  }

  /** Keeps a name for the next time, and answers its IRI. */
  keep(name: string, table: TermTable, iri: Iri): Iri {
    if (name.length > LONGEST_NAME) return iri
    const names = this.#tables.get(table) ?? new Map<string, Iri>()
    if (names.size >= MOST_NAMES) names.clear()
    this.#tables.set(table, names.set(name, iri))
    return iri
  }
}
