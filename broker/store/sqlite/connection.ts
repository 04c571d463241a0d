import { DatabaseSync } from '@photostructure/sqlite'

/** A connection to one file. */
export type Database = InstanceType<typeof DatabaseSync>

/** How a connection is to be opened. */
export interface ConnectionOptions {
  readonly file: string
  readonly cacheBytes?: number
  /** Largest size of the file; a write beyond it is refused as on a full disk. */
  readonly maxBytes?: number
}

/** So long a connection waits for a lock. */
export const BUSY_MILLISECONDS = 5000

const PAGE_BYTES = 4096
const CHECKPOINT_PAGES = 4000
const JOURNAL_BYTES = 64 * 1024 * 1024

/** Opens a file for writing: every COMMIT is on disk when it returns. @throws Error when SQLite does not promise it */
export function openForWriting({
  file,
  cacheBytes = 16 * 1024 * 1024,
  maxBytes,
}: ConnectionOptions): Database {
  const database = new DatabaseSync(file, {
    enableForeignKeyConstraints: false,
    timeout: BUSY_MILLISECONDS,
  })
  set(database, 'journal_mode', 'WAL', 'wal')
  set(database, 'synchronous', 'FULL', 2)
  set(database, 'secure_delete', 'ON', 1)
  set(database, 'wal_autocheckpoint', String(CHECKPOINT_PAGES), CHECKPOINT_PAGES)
  set(database, 'journal_size_limit', String(JOURNAL_BYTES), JOURNAL_BYTES)
  database.exec(`PRAGMA cache_size = -${Math.ceil(cacheBytes / 1024)}`)
  if (maxBytes !== undefined) database.exec(`PRAGMA max_page_count = ${Math.floor(maxBytes / PAGE_BYTES)}`)
  return database
}

/** Opens a file for reading only, with the same promises set and read back. */
export function openForReading({ file, cacheBytes = 64 * 1024 * 1024 }: ConnectionOptions): Database {
  const database = new DatabaseSync(file, { readOnly: true, timeout: BUSY_MILLISECONDS })
  set(database, 'synchronous', 'FULL', 2)
  set(database, 'query_only', 'ON', 1)
  database.exec(`PRAGMA cache_size = -${Math.ceil(cacheBytes / 1024)}`)
  return database
}

function set(database: Database, pragma: string, value: string, expected: string | number): void {
  database.exec(`PRAGMA ${pragma} = ${value}`)
  const row: Record<string, unknown> = database.prepare(`PRAGMA ${pragma}`).get()
  const [found] = Object.values(row)
  if (found === expected) return
  database.close()
  throw new Error(`SQLite answers ${pragma} = ${found} where ${expected} was asked for`)
}
