import type { Database } from './connection.ts'

/** What SQLite takes and gives in a column. */
export type SqlValue = string | number | null

/** A prepared statement with a row type: what its SQL selects. */
export interface Statement<Row> {
  run(...values: readonly (SqlValue | Uint8Array)[]): {
    readonly changes: number | bigint
    readonly lastInsertRowid: number | bigint
  }
  get(...values: readonly SqlValue[]): Row | undefined
  all(...values: readonly SqlValue[]): readonly Row[]
}

/**
 * Prepares a statement; its SQL and row type are written side by side. A bare `LIMIT ?` would have SQLite prepare it again
 * with each run, since its value may change the plan: what runs often says `LIMIT ? + 0`.
 */
export function prepare<Row = never>(database: Database, sql: string): Statement<Row> {
  return database.prepare(sql)
}

/** Prepares a statement whose rows are lists of columns: objects cost several times as much to make and to read. */
export function prepareLists<Row extends readonly SqlValue[]>(
  database: Database,
  sql: string,
): Statement<Row> {
  const statement = database.prepare(sql)
  statement.setReturnArrays(true)
  return statement
}
