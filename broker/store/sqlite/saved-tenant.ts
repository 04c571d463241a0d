import { closeSync, existsSync, openSync } from 'node:fs'
import { basename, join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { isHidden, type Tenant } from '../../core/model/tenant.ts'
import { type Database, openForWriting } from './connection.ts'
import { schemaVersion } from './schema/schema.ts'
import { prepare } from './statements.ts'
import { listTenants, tenantFile } from './tenant-files.ts'

/** What the file of a tenant holds. */
export interface TenantState {
  readonly schema: number
  /** Where its log ends. */
  readonly sequence: number
  readonly entities: number
  readonly documents: number
}

/** Answers the tenants of a data folder in the order to save them in: no document tells of a copy that comes before it. */
export function tenantsToSave(directory: string): readonly Tenant[] {
  return listTenants(directory).toSorted((left, right) => Number(isHidden(left)) - Number(isHidden(right)))
}

/**
 * Writes a tenant as it is at one moment to a file of that name in a folder, and answers the name; undefined: it is gone, as hidden
 * ones may be at any time. Whoever writes meanwhile goes on, and what was erased is not among what is written.
 */
export function saveTenant(directory: string, tenant: Tenant, to: string): string | undefined {
  const from = tenantFile(directory, tenant)
  if (!existsSync(from)) return undefined
  const file = join(to, basename(from))
  // SQLite takes a file that is there and empty: one of its own everybody could read as long as it is written
  closeSync(openSync(file, 'wx', 0o600))
  reading(from, (database) => database.prepare('VACUUM INTO ?').run(file))
  return basename(from)
}

/** Answers what the file of a tenant holds. @throws Error for one that holds none */
export function tenantState(file: string): TenantState {
  return reading(file, (database) => {
    const numbers = prepare<Omit<TenantState, 'schema'>>(
      database,
      `SELECT (SELECT value FROM state WHERE name = 'sequence') AS sequence,
        (SELECT count(*) FROM entity) AS entities, (SELECT count(*) FROM document) AS documents`,
    ).get()
    if (!numbers) throw new Error(`File ${file} holds no tenant`)
    return { schema: schemaVersion(database), ...numbers }
  })
}

/** Looks at every page of a file; answers what is wrong with it. */
export function damageOf(file: string): string | undefined {
  const found = reading(file, (database) =>
    prepare<{ integrity_check: string }>(database, 'PRAGMA integrity_check(1)').get(),
  )
  return found?.integrity_check === 'ok' ? undefined : (found?.integrity_check ?? 'nothing is in there')
}

function reading<T>(file: string, read: (database: Database) => T): T {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    return read(database)
  } finally {
    database.close()
  }
}

/** Lets the log of a tenant go on so much behind its end: what was numbered from there on in a time that is lost is no number again. */
export function skipSequences(file: string, count: number): void {
  const database = openForWriting({ file })
  try {
    prepare(database, "UPDATE state SET value = value + ? WHERE name = 'sequence'").run(count)
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  } finally {
    database.close()
  }
}
