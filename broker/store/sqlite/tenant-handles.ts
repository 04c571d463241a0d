import { existsSync } from 'node:fs'
import { LRUCache } from 'lru-cache'
import { DEFAULT_TENANT, noTenant, type Tenant } from '../../core/model/tenant.ts'
import { type Database, openForWriting } from './connection.ts'
import { migrate } from './schema/schema.ts'
import { removeTenantFile, syncFolder, tenantFile } from './tenant-files.ts'
import { TenantWriter } from './tenant-writer.ts'
import type { WriterOptions } from './writer-protocol.ts'

interface Handle {
  readonly database: Database
  readonly writer: TenantWriter
}

/** The files that the writer thread holds open: the least recently used is closed when there are too many. */
export class TenantHandles {
  readonly #options: WriterOptions
  readonly #open: LRUCache<Tenant, Handle>

  constructor(options: WriterOptions) {
    this.#options = options
    this.#open = new LRUCache({
      max: options.maxOpenTenants,
      dispose: ({ database }) => close(database),
    })
  }

  /** Answers the writer of a tenant. @throws Problem NonexistentTenant */
  writer(tenant: Tenant): TenantWriter {
    const handle = this.#open.get(tenant)
    if (handle) return handle.writer
    if (tenant !== DEFAULT_TENANT && !existsSync(tenantFile(this.#options.directory, tenant))) {
      throw noTenant(tenant)
    }
    return this.#add(tenant)
  }

  /** Creates the file of a tenant where there is none; when it returns the file survives a crash. */
  create(tenant: Tenant): void {
    if (this.#open.has(tenant)) return
    this.#add(tenant)
    syncFolder(this.#options.directory)
  }

  /** Closes the file of a tenant, to be opened again: after an error its state is in doubt. */
  forget(tenant: Tenant): void {
    this.#open.delete(tenant)
  }

  /** Deletes the file of a tenant. */
  drop(tenant: Tenant): void {
    this.#open.delete(tenant)
    removeTenantFile(this.#options.directory, tenant)
  }

  /** Closes all files. */
  close(): void {
    this.#open.clear()
  }

  #add(tenant: Tenant): TenantWriter {
    const file = tenantFile(this.#options.directory, tenant)
    const database = openForWriting({ file, ...this.#sizeLimit() })
    try {
      migrate(database, file)
    } catch (error) {
      database.close()
      throw error
    }
    const writer = new TenantWriter(database)
    this.#open.set(tenant, { database, writer })
    return writer
  }

  #sizeLimit(): { maxBytes?: number } {
    const { maxTenantBytes } = this.#options
    return maxTenantBytes === undefined ? {} : { maxBytes: maxTenantBytes }
  }
}

/** Folds the log into the file first: whoever opens it next has nothing to recover. */
function close(database: Database): void {
  try {
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)')
  } catch {
    // after a fault of the disk: the log stays, and is read when the file is opened again
  }
  database.close()
}
