import type { Iri } from '../../core/model/iri.ts'
import type { Database } from './connection.ts'
import { prepare, type Statement } from './statements.ts'

const KEPT = 20_000

/** Interned IRIs of types and attributes: files hold a small number in their place. */
export class Names {
  readonly #keys = new Map<Iri, number>()
  readonly #find: Statement<{ key: number }>
  readonly #insert: Statement<never>

  constructor(database: Database) {
    this.#find = prepare(database, 'SELECT key FROM name WHERE iri = ?')
    this.#insert = prepare(database, 'INSERT INTO name (iri) VALUES (?)')
  }

  /** Answers the number of a name, if any entity ever had it. */
  find(iri: Iri): number | undefined {
    const kept = this.#keys.get(iri)
    if (kept !== undefined) return kept
    const found = this.#find.get(iri)?.key
    if (found !== undefined) this.#keep(iri, found)
    return found
  }

  /** Answers the number of a name and gives it one where needed: writers only. */
  intern(iri: Iri): number {
    const found = this.find(iri)
    if (found !== undefined) return found
    const key = Number(this.#insert.run(iri).lastInsertRowid)
    this.#keep(iri, key)
    return key
  }

  /** Forgets what it learnt: after a rollback some numbers may be gone. */
  forget(): void {
    this.#keys.clear()
  }

  #keep(iri: Iri, key: number): void {
    if (this.#keys.size >= KEPT) this.#keys.clear()
    this.#keys.set(iri, key)
  }
}
