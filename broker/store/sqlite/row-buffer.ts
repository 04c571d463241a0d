import type { Database } from './connection.ts'
import { prepare, type SqlValue, type Statement } from './statements.ts'

const SIZES = [64, 16, 4, 1] as const

interface Chunk {
  readonly values: number
  readonly statement: Statement<never>
}

/**
 * Rows on their way into one table, written many at a time: a statement for many rows costs a third of one for each.
 * A conflict fails the statement and leaves the rest to the rollback of the group, so SQLite keeps no journal for it.
 */
export class RowBuffer {
  readonly #chunks: readonly Chunk[]
  readonly #most: number
  #values: SqlValue[] = []

  /** `conflict`: what to do about a row that is there, in SQL; absent: it is a fault. */
  constructor(database: Database, table: string, columns: readonly string[], conflict = '') {
    const row = `(${columns.map(() => '?').join(', ')})`
    const into = `INSERT ${conflict === '' ? 'OR FAIL' : ''} INTO ${table} (${columns.join(', ')}) VALUES`
    this.#chunks = SIZES.map((rows) => ({
      values: rows * columns.length,
      statement: prepare(
        database,
        `${into} ${Array.from({ length: rows }, () => row).join(', ')} ${conflict}`,
      ),
    }))
    this.#most = 16 * SIZES[0] * columns.length
  }

  /** Takes the values of one row; when many have gathered they are written. */
  add(...row: readonly SqlValue[]): void {
    this.#values.push(...row)
    if (this.#values.length >= this.#most) this.flush()
  }

  /** Writes what has gathered. */
  flush(): void {
    const all = this.#values
    if (all.length === 0) return
    let at = 0
    for (const { values, statement } of this.#chunks) {
      for (; all.length - at >= values; at += values) statement.run(...all.slice(at, at + values))
    }
    this.#values = []
  }

  /** Forgets what has gathered. */
  drop(): void {
    this.#values = []
  }
}
