import type { Database } from './connection.ts'

/** What SQLite takes and gives in a column. */
export type SqlValue = string | number | null

/** A prepared statement with a row type: what its SQL selects. */
export interface Statement<Row> {
  run(...values: readonly SqlValue[]): { readonly lastInsertRowid: number | bigint }
  get(...values: readonly SqlValue[]): Row | undefined
  all(...values: readonly SqlValue[]): readonly Row[]
}

/** Prepares a statement; its SQL and row type are written side by side. */
export function prepare<Row = never>(database: Database, sql: string): Statement<Row> {
  return database.prepare(sql)
}
