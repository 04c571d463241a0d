import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from '@photostructure/sqlite'
import { Problem } from '../../core/model/problem.ts'
import type { Database } from './connection.ts'

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
      database.close()
    },
  }
}

function takeLock(directory: string, owner: string): Database {
  const database = new DatabaseSync(join(directory, 'lock.sqlite'))
  try {
    database.exec('BEGIN EXCLUSIVE')
    return database
  } catch (cause) {
    database.close()
    const text = `Data folder ${directory} is in use by process ${ownerOf(owner)}`
    throw new Problem('ServiceUnavailable', text, { cause })
  }
}

function ownerOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return '(unknown)'
  }
}
