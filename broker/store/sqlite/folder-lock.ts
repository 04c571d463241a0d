import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { Problem } from '../../core/model/problem.ts'
import type { Database } from './connection.ts'
import { schemaVersion } from './schema/schema.ts'
import { isBusy } from './sqlite-errors.ts'

/** The data folder belongs to this process until it is released. */
export interface FolderLock {
  release(): void
}

/**
 * Takes the data folder for this process, creating it where needed. @throws Problem ServiceUnavailable when taken
 *
 * The lock is an exclusive lock of the operating system on `lock.sqlite`: it ends with the process, however that ends.
 */
export function lockFolder(directory: string): FolderLock {
  mkdirSync(directory, { recursive: true })
  const owner = join(directory, 'lock.pid')
  const database = takeLock(directory, owner)
  writeFileSync(owner, String(process.pid))
  return {
    release() {
      rmSync(owner, { force: true })
      // a statement that is not collected yet would keep a closed connection, and so its lock, alive
      database.exec('ROLLBACK')
      database.close()
    },
  }
}

function takeLock(directory: string, owner: string): Database {
  const database = new DatabaseSync(join(directory, 'lock.sqlite'))
  try {
    // a file with content is locked without writing to it: also on a full disk
    if (schemaVersion(database) === 0) database.exec('PRAGMA user_version = 1')
    database.exec('BEGIN EXCLUSIVE')
    return database
  } catch (cause) {
    database.close()
    const reason = isBusy(cause) ? `is in use by process ${ownerOf(owner)}` : 'cannot be locked'
    throw new Problem('ServiceUnavailable', `Data folder ${directory} ${reason}`, { cause })
  }
}

function ownerOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '(unknown)'
  }
}
