import { statSync } from 'node:fs'
import type { Tenant } from '../../core/model/tenant.ts'
import { openForWriting } from './connection.ts'
import { lockFolder } from './folder-lock.ts'
import { listTenants, tenantFile } from './tenant-files.ts'

/** What became of the file of a tenant. */
export interface Compacted {
  readonly tenant: Tenant
  readonly bytesBefore: number
  readonly bytesAfter: number
}

/**
 * Writes the file of each tenant anew, without what is free in it, one after the other: a crash leaves the file as it was.
 * @throws Problem ServiceUnavailable when the folder is in use, Error on a full disk
 */
export function* compactFolder(directory: string): Generator<Compacted> {
  const lock = lockFolder(directory)
  try {
    for (const tenant of listTenants(directory)) {
      const file = tenantFile(directory, tenant)
      const bytesBefore = statSync(file).size
      const database = openForWriting({ file })
      try {
        database.exec('VACUUM')
        database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
      } finally {
        database.close()
      }
      yield { tenant, bytesBefore, bytesAfter: statSync(file).size }
    }
  } finally {
    lock.release()
  }
}
