import { LRUCache } from 'lru-cache'
import type { Tenant } from '../../core/model/tenant.ts'
import { openForReading } from './connection.ts'
import { MIGRATIONS, schemaVersion } from './schema.ts'
import { tenantFile } from './tenant-files.ts'
import { TenantReader } from './tenant-reader.ts'

/** What the readers of all tenants need. */
export interface ReaderOptions {
  readonly directory: string
  readonly maxOpenTenants: number
  readonly readCacheBytes: number
  /** Brings the file of a tenant to the newest schema. */
  readonly upgrade: (tenant: Tenant) => Promise<void>
}

/** The read connections of the main thread: the least recently used is closed when there are too many. */
export class TenantReaders {
  readonly #options: ReaderOptions
  readonly #open: LRUCache<Tenant, TenantReader>

  constructor(options: ReaderOptions) {
    this.#options = options
    const max = options.maxOpenTenants
    this.#open = new LRUCache({ max, dispose: (reader) => reader.close() })
  }

  /** Answers the reader of a tenant that exists; waits only where its file has an older schema. */
  get(tenant: Tenant): TenantReader | Promise<TenantReader> {
    return this.#open.get(tenant) ?? this.#add(tenant)
  }

  /** Closes all files. */
  close(): void {
    this.#open.clear()
  }

  async #add(tenant: Tenant): Promise<TenantReader> {
    const { directory, readCacheBytes, upgrade } = this.#options
    const file = { file: tenantFile(directory, tenant), cacheBytes: readCacheBytes }
    let database = openForReading(file)
    if (schemaVersion(database) !== MIGRATIONS.length) {
      database.close()
      await upgrade(tenant)
      database = openForReading(file)
    }
    const other = this.#open.get(tenant)
    const reader = other ?? new TenantReader(database)
    if (other) database.close()
    else this.#open.set(tenant, reader)
    return reader
  }
}
