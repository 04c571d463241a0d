import { existsSync } from 'node:fs'
import { DEFAULT_TENANT, noTenant, type Tenant } from '../../../core/model/tenant.ts'
import type { InstanceQuery } from '../../port/evolution.ts'
import type { Held, MovedStore } from '../../port/moved-store.ts'
import { type Database, openForReading, openForWriting } from '../connection.ts'
import { type FolderLock, lockFolder } from '../folder-lock.ts'
import { readHeld, writeHeld } from '../held.ts'
import { readInstances } from '../history/evolution-reader.ts'
import { checkSchema, MIGRATIONS, migrate, schemaVersion } from '../schema/schema.ts'
import { listTenants, removeTenantFile, tenantFile } from '../tenant-files.ts'
import { TenantReader } from '../tenant-reader.ts'
import { MovedRows } from './moved-rows.ts'
import { TenantReceiver } from './tenant-receiver.ts'

/** The file of one tenant, as far as it is open. */
interface OpenTenant {
  readonly reader: TenantReader
  readonly rows: MovedRows
  writes?: { readonly database: Database; readonly receiver: TenantReceiver }
}

/**
 * The embedded store in a folder, as a hub is moved from it or to it. A hub may run on it, which then is only read from beside it:
 * readers of SQLite hold up no writer. @throws Problem ServiceUnavailable where a hub runs on what is to be written
 */
export class MovedFolder implements MovedStore {
  readonly #directory: string
  /** Absent: a hub runs on it. */
  readonly #lock: FolderLock | undefined
  readonly #open = new Map<Tenant, OpenTenant>()

  constructor(directory: string, role: 'from' | 'to') {
    this.#directory = directory
    this.#lock = role === 'to' || !isLocked(directory) ? lockFolder(directory) : undefined
  }

  async tenants() {
    return listTenants(this.#directory)
  }

  async createTenant(tenant: Tenant) {
    const file = tenantFile(this.#directory, tenant)
    const database = openForWriting({ file })
    migrate(database, file)
    database.close()
  }

  async dropHidden(tenant: Tenant) {
    const { reader, writes } = this.#open.get(tenant) ?? {}
    this.#open.delete(tenant)
    reader?.close()
    writes?.database.close()
    removeTenantFile(this.#directory, tenant)
  }

  async held(tenant: Tenant) {
    return existsSync(tenantFile(this.#directory, tenant)) ? readHeld(this.#of(tenant).reader) : undefined
  }

  async hold(tenant: Tenant, held: Held | undefined) {
    const file = tenantFile(this.#directory, tenant)
    // it would be made
    if (!existsSync(file)) throw noTenant(tenant)
    const database = openForWriting({ file })
    try {
      writeHeld(database, held)
    } finally {
      database.close()
    }
  }

  /** The mark is a write like theirs: none is under way once it is there. */
  async waitForWriters() {}

  async begin(tenant: Tenant) {
    const { reader } = this.#of(tenant)
    reader.forget()
    return reader.generation()
  }

  async isSettled(tenant: Tenant) {
    return !this.#of(tenant).rows.isErasing()
  }

  async log(tenant: Tenant, after: number, limit: number) {
    return this.#of(tenant).reader.log(after, limit)
  }

  async entities(tenant: Tenant, after: string, limit: number) {
    const { reader, rows } = this.#of(tenant)
    return reader.inOneState(() => rows.entities(after, limit))
  }

  async instances(tenant: Tenant, id: string, query: InstanceQuery) {
    const { reader } = this.#of(tenant)
    return reader.inOneState(() => readInstances(reader.places, id, query))
  }

  async condensedSeries(tenant: Tenant) {
    return this.#of(tenant).rows.condensedSeries()
  }

  async documents(...[tenant, ...page]: Parameters<MovedStore['documents']>) {
    return this.#of(tenant).rows.documents(...page)
  }

  async takeNumber(tenant: Tenant, number: number) {
    this.#receiver(tenant).takeNumber(number)
  }

  async takeLog(...[tenant, ...taken]: Parameters<MovedStore['takeLog']>) {
    this.#receiver(tenant).takeLog(...taken)
  }

  async takeEntities(...[tenant, ...taken]: Parameters<MovedStore['takeEntities']>) {
    this.#receiver(tenant).takeEntities(...taken)
  }

  async takeInstances(...[tenant, ...taken]: Parameters<MovedStore['takeInstances']>) {
    this.#receiver(tenant).takeInstances(...taken)
  }

  async takeDocuments(...[tenant, ...taken]: Parameters<MovedStore['takeDocuments']>) {
    this.#receiver(tenant).takeDocuments(...taken)
  }

  async finish(tenant: Tenant) {
    this.#receiver(tenant).finish()
    const { writes } = this.#of(tenant)
    writes?.database.exec('PRAGMA synchronous = FULL; PRAGMA wal_checkpoint(TRUNCATE)')
  }

  async close() {
    for (const { reader, writes } of this.#open.values()) {
      reader.close()
      writes?.database.close()
    }
    this.#lock?.release()
  }

  #of(tenant: Tenant): OpenTenant {
    const known = this.#open.get(tenant)
    if (known) return known
    const file = tenantFile(this.#directory, tenant)
    if (this.#lock) this.#upgrade(file)
    const database = openForReading({ file })
    checkSchema(schemaVersion(database), file)
    if (schemaVersion(database) < MIGRATIONS.length)
      throw new Error(
        `File ${file} has an older schema: the hub brings it up when it is asked for something of that tenant`,
      )
    const opened = { reader: new TenantReader(database), rows: new MovedRows(database) }
    this.#open.set(tenant, opened)
    return opened
  }

  #upgrade(file: string): void {
    const database = openForWriting({ file })
    migrate(database, file)
    database.close()
  }

  /** Commits are on disk when it is finished; what a crash takes back is taken again. */
  #receiver(tenant: Tenant): TenantReceiver {
    const opened = this.#of(tenant)
    if (!opened.writes) {
      const database = openForWriting({ file: tenantFile(this.#directory, tenant) })
      database.exec('PRAGMA synchronous = NORMAL')
      opened.writes = { database, receiver: new TenantReceiver(database) }
    }
    return opened.writes.receiver
  }
}

/** Tells whether a hub runs on the store of a folder. @throws Error where there is none */
function isLocked(directory: string): boolean {
  if (!existsSync(tenantFile(directory, DEFAULT_TENANT)))
    throw new Error(`Folder ${directory} holds no embedded store`)
  try {
    lockFolder(directory).release()
    return false
  } catch {
    return true
  }
}
