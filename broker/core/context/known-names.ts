import { NameMemory } from '../model/name-memory.ts'
import type { TermTable } from './term-table.ts'

/** Remembers what was found out about names in each @context. */
export class KnownNames<Known> {
  readonly #tables = new WeakMap<TermTable, NameMemory<Known>>()

  /** Answers the memory of one @context. */
  ofTable(table: TermTable): NameMemory<Known> {
    const known = this.#tables.get(table)
    if (known) return known
    const names = new NameMemory<Known>()
    this.#tables.set(table, names)
    return names
  }
}
