import { LRUCache } from 'lru-cache'
import type { Tenant } from '../../core/model/tenant.ts'
import { openForReading } from './connection.ts'
import { MIGRATIONS, schemaVersion } from './schema/schema.ts'
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

  /** Reads from a tenant that exists, at once; only where its file has an older schema that is brought up first. */
  read<T>(tenant: Tenant, read: (reader: TenantReader) => T): T | Promise<T> {
    const reader = this.#open.get(tenant) ?? this.#add(tenant)
    if (reader) return read(reader)
    return this.#options.upgrade(tenant).then(() => this.read(tenant, read))
  }

  /** Closes the file of a tenant that is about to be deleted. */
  forget(tenant: Tenant): void {
    this.#open.delete(tenant)
  }

  /** Closes all files. */
  close(): void {
    this.#open.clear()
  }

  #add(tenant: Tenant): TenantReader | undefined {
    const { directory, readCacheBytes } = this.#options
    const database = openForReading({ file: tenantFile(directory, tenant), cacheBytes: readCacheBytes })
    if (schemaVersion(database) !== MIGRATIONS.length) {
      database.close()
      return undefined
    }
    const reader = new TenantReader(database)
    this.#open.set(tenant, reader)
    return reader
  }
}
