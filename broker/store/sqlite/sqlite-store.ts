import { validUntil } from '../../core/merge/valid-until.ts'
import type { Iri } from '../../core/model/iri.ts'
import { Problem } from '../../core/model/problem.ts'
import { DEFAULT_TENANT, isHidden, noTenant, type Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { Recording } from '../../core/temporal/recording.ts'
import type { RetentionRule } from '../../core/temporal/retention.ts'
import type { AggregateQuery, EvolutionQuery, InstanceQuery, TimeRange } from '../port/evolution.ts'
import { KnownState } from '../port/known-state.ts'
import { heldProblem } from '../port/moved-store.ts'
import { QuotaKeeper, type Quotas } from '../port/quotas.ts'
import { reapExpired } from '../port/reap-expired.ts'
import {
  type DocumentUnit,
  type LogGrowth,
  NO_COUNTERS,
  type Page,
  type QueryPlan,
  type Store,
  type Unit,
  type UnitResult,
} from '../port/store.ts'
import { SILENT, type StoreLog } from '../port/store-log.ts'
import type { RewritableTexts, TextChange } from '../port/stored-texts.ts'
import { withRecording } from '../port/with-recording.ts'
import { type FolderLock, lockFolder } from './folder-lock.ts'
import { readHeld } from './held.ts'
import { hasErased } from './history/erasure-state.ts'
import { readInstances } from './history/evolution-reader.ts'
import { logGrowth } from './log-growth.ts'
import { queryEntities } from './query/query-entities.ts'
import { storedTexts, type TextPage, textRewrite } from './stored-texts.ts'
import { listTenants } from './tenant-files.ts'
import type { TenantReader } from './tenant-reader.ts'
import { TenantReaders } from './tenant-readers.ts'
import { unitWrite } from './unit-write.ts'
import { Upkeep } from './upkeep.ts'
import { Writer } from './writer.ts'

/** How the embedded store is to be opened. */
export interface SqliteStoreOptions {
  /** Data folder; created where needed and locked for this process. */
  readonly directory: string
  /** Page cache of one tenant's read connection; default 64 MiB. */
  readonly readCacheBytes?: number
  /** At most so many characters of entities that were read are kept at hand; default 16 million, 0: none. */
  readonly knownCharacters?: number
  /** So many tenants may be created besides the default one; default 1000. */
  readonly maxTenants?: number
  /** So many hidden tenants may be there; default 100. */
  readonly maxHidden?: number
  /** So many tenants' files are open at once; default 64. */
  readonly maxOpenTenants?: number
  /** Largest size of one tenant's file; default: none. */
  readonly maxTenantBytes?: number
  /** Time by which documents expire. */
  readonly clock?: () => Micros
  /** Finished days of plain numbers are packed after so many days; default 0: never. */
  readonly packDays?: number
  /** What history keeps of the changes of entities; absent: everything. */
  readonly recording?: Recording
  /** What history keeps no longer; absent: everything is kept for ever. */
  readonly retention?: () => readonly RetentionRule[]
  /** How many of what tenants may have; absent: any number. */
  readonly quotas?: Quotas
  readonly log?: StoreLog
}

type Collection = DocumentUnit['collection']

const REAP_EVERY = 60_000
const EMPTY_PAGE: Page = { rows: [], exact: true, count: 0 }

/** Opens the embedded store. @throws Problem ServiceUnavailable when the folder is in use or a file is newer */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<SqliteStore> {
  const lock = lockFolder(options.directory)
  const store = new SqliteStore(options, lock)
  try {
    await store.open()
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}

/** A Store with one SQLite file per tenant, one writer thread, and readers on the calling thread. */
export class SqliteStore implements Store, RewritableTexts {
  /** The writer thread. */
  readonly writer: Writer
  readonly #lock: FolderLock
  readonly #readers: TenantReaders
  readonly #tenants: Set<Tenant>
  readonly #creating = new Set<Tenant>()
  readonly #known: KnownState
  /** Tenants that may hold what expires. */
  readonly #expiring: Set<Tenant>
  readonly #maxTenants: number
  readonly #maxHidden: number
  readonly #clock: () => Micros
  readonly #recording: Recording | undefined
  readonly #quotas: QuotaKeeper | undefined
  readonly #reaper: NodeJS.Timeout
  readonly #upkeep: Upkeep
  readonly #listeners = new Set<(growth: LogGrowth) => void>()

  constructor(options: SqliteStoreOptions, lock: FolderLock) {
    const { directory, maxOpenTenants = 64, readCacheBytes = 64 * 1024 * 1024, maxTenantBytes } = options
    this.#lock = lock
    this.#known = new KnownState(options.knownCharacters ?? 16_000_000)
    this.#maxTenants = options.maxTenants ?? 1000
    this.#maxHidden = options.maxHidden ?? 100
    this.#clock = options.clock ?? (() => Date.now() * 1000)
    this.#recording = options.recording
    this.#quotas =
      options.quotas &&
      new QuotaKeeper({
        quotas: options.quotas,
        count: (tenant, collection) => this.#in(tenant, 0, (reader) => reader.countOfCollection(collection)),
      })
    this.writer = new Writer(
      { directory, maxOpenTenants, ...(maxTenantBytes !== undefined && { maxTenantBytes }) },
      options.log ?? SILENT,
    )
    const upgrade = (tenant: Tenant) => this.writer.open(tenant)
    this.#readers = new TenantReaders({ directory, maxOpenTenants, readCacheBytes, upgrade })
    this.#tenants = new Set(listTenants(directory))
    this.#expiring = new Set(this.#tenants)
    this.#reaper = setInterval(() => void this.reap().catch(() => {}), REAP_EVERY)
    this.#reaper.unref()
    this.#upkeep = new Upkeep({
      directory,
      clock: this.#clock,
      packDays: options.packDays ?? 0,
      retention: options.retention ?? (() => []),
      log: options.log ?? SILENT,
      writer: this.writer,
      tenants: () => this.#tenants,
      listed: () => this.tenants(),
      read: (tenant, absent, read) => this.#in(tenant, absent, read),
      historiesChanged: (tenant, logged) => this.#historiesChanged(tenant, logged),
    })
  }

  /** Creates or upgrades the default tenant. @throws Problem */
  async open(): Promise<void> {
    await this.writer.create(DEFAULT_TENANT)
    this.#tenants.add(DEFAULT_TENANT)
    this.#upkeep.start()
  }

  async read(tenant: Tenant, id: string) {
    const known = this.#tenants.has(tenant) ? this.#known.entity(tenant, id) : undefined
    if (known) return known
    return this.#in(tenant, undefined, (reader) => {
      const stored = reader.read(id)
      if (stored) this.#known.seen(tenant, stored)
      return stored
    })
  }

  readMany(tenant: Tenant, ids: readonly string[]) {
    return this.#in(tenant, [], (reader) => reader.readMany(ids))
  }

  query(tenant: Tenant, plan: QueryPlan) {
    return this.#in(tenant, EMPTY_PAGE, (reader) => queryEntities(reader, plan, this.#clock()))
  }

  evolutions(tenant: Tenant, query: EvolutionQuery) {
    return this.#in(tenant, [], (reader) => reader.inOneState(() => reader.evolutions(query)))
  }

  instances(tenant: Tenant, id: string, query: InstanceQuery) {
    return this.#in(tenant, [], (reader) => reader.inOneState(() => readInstances(reader.places, id, query)))
  }

  condensed(tenant: Tenant, id: string, range: TimeRange) {
    return this.#in(tenant, [], (reader) => reader.inOneState(() => reader.condensed(id, range)))
  }

  aggregates(tenant: Tenant, ids: readonly string[], query: AggregateQuery) {
    const absent = ids.map(() => [])
    return this.#in(tenant, absent, (reader) => reader.inOneState(() => reader.aggregates(ids, query)))
  }

  commit(tenant: Tenant, units: readonly Unit[]) {
    if (!this.#quotas) return this.#commit(tenant, units)
    return this.#quotas.commit(tenant, units, (those) => this.#commit(tenant, those))
  }

  async #commit(tenant: Tenant, units: readonly Unit[]) {
    if (!this.#tenants.has(tenant)) throw noTenant(tenant)
    if (!this.#expiring.has(tenant) && units.some(expires)) this.#expiring.add(tenant)
    this.#upkeep.written(tenant)
    if (units.length === 0) return []
    const writes = withRecording(units, this.#recording).map(unitWrite)
    let results: readonly UnitResult[] | undefined
    try {
      results = await this.writer.commit(tenant, writes)
    } finally {
      for (const [at, unit] of units.entries())
        this.#known.changed(tenant, unit, () => writes[at]?.text, results?.[at])
      for (const listener of this.#listeners) listener(logGrowth(tenant, units, results))
    }
    return results.some(hasErased) ? this.#upkeep.finishErasing(tenant, results) : results
  }

  /** The writer thread takes up calls in their order. */
  async settled(tenant: Tenant) {
    if (this.#tenants.has(tenant)) await this.writer.open(tenant)
  }

  generation(tenant: Tenant, types?: readonly Iri[]) {
    return this.#tenants.has(tenant) ? this.#known.changes(tenant, types) : undefined
  }

  historyGeneration(tenant: Tenant, id: string) {
    return this.#tenants.has(tenant) ? this.#known.history(tenant, id) : undefined
  }

  version(tenant: Tenant, id: string) {
    return this.#tenants.has(tenant) ? this.#known.entity(tenant, id)?.version : undefined
  }

  watch(listener: (growth: LogGrowth) => void) {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  logEnd(tenant: Tenant) {
    return this.#in(tenant, 0, (reader) => reader.generation())
  }

  log(tenant: Tenant, after: number, limit: number) {
    return this.#in(tenant, [], (reader) => reader.log(after, limit))
  }

  document(tenant: Tenant, collection: Collection, id: string) {
    return this.#in(tenant, undefined, (reader) => reader.document(collection, id, this.#clock()))
  }

  documents(
    tenant: Tenant,
    collection: Collection,
    page: { readonly after?: string; readonly limit: number },
  ) {
    return this.#in(tenant, [], (reader) => reader.documents(collection, page, this.#clock()))
  }

  async tenants() {
    return [...this.#tenants].filter((tenant) => !isHidden(tenant))
  }

  async createTenant(tenant: Tenant) {
    if (this.#tenants.has(tenant)) return
    if (isHidden(tenant)) throw noTenant(tenant)
    // the default tenant does not count
    await this.#create(tenant, { most: this.#maxTenants + 1, what: `${this.#maxTenants} tenants` })
  }

  async hiddenTenants() {
    return [...this.#tenants].filter(isHidden)
  }

  async createHidden(tenant: Tenant) {
    if (this.#tenants.has(tenant)) return
    await this.#create(tenant, { most: this.#maxHidden, what: `${this.#maxHidden} snapshots` })
  }

  async dropHidden(tenant: Tenant) {
    if (!isHidden(tenant) || !this.#tenants.delete(tenant)) return
    this.#expiring.delete(tenant)
    this.#readers.forget(tenant)
    this.#known.forget(tenant)
    this.#upkeep.forget(tenant)
    await this.writer.drop(tenant)
  }

  expired(tenant: Tenant, now: Micros, limit: number) {
    return this.#in(tenant, [], (reader) => reader.expired(now, limit))
  }

  counters(tenant: Tenant) {
    return this.#in(tenant, NO_COUNTERS, (reader) => reader.counters())
  }

  /** Deletes documents, entities and parts of entities that have expired; also done every minute. */
  async reap(): Promise<void> {
    for (const tenant of this.#expiring) {
      const now = this.#clock()
      const documents = await this.#in(tenant, false, (reader) => reader.documentsExpire())
      const entities = await this.#in(tenant, undefined, (reader) => reader.earliestExpiry())
      if (documents) await this.writer.reap(tenant, now)
      if (entities !== undefined) await reapExpired(this, tenant, now)
      if (!documents && entities === undefined) this.#expiring.delete(tenant)
    }
  }

  /**
   * Brings totals and chunks of finished days up to date, and takes what was erased out of the log and the files; also done
   * every few seconds where something was written.
   */
  rollUp(): Promise<void> {
    return this.#upkeep.rollUp()
  }

  async finishErasing(tenant: Tenant) {
    return this.#tenants.has(tenant) ? this.#upkeep.finishErasures(tenant) : true
  }

  async size(tenant: Tenant) {
    return this.#upkeep.size(tenant)
  }

  texts(tenant: Tenant, page: TextPage) {
    return this.#in(tenant, [], (reader) => reader.inOneState(() => storedTexts(reader, page)))
  }

  async unpack(tenant: Tenant, attributes: readonly Iri[]) {
    for (const attribute of attributes) while (await this.writer.unpack(tenant, attribute));
  }

  async rewrite(tenant: Tenant, changes: readonly TextChange[]) {
    await this.writer.rewrite(tenant, changes.map(textRewrite))
    this.#known.forgetTexts(tenant)
    await this.#in(tenant, undefined, (reader) => reader.forget())
  }

  /** Measures what tenants take on disk; also done now and then. */
  measure(): Promise<void> {
    return this.#upkeep.measure()
  }

  /** Removes from history what is kept no longer; also done once a day. */
  retain(): Promise<void> {
    return this.#upkeep.retain()
  }

  async close() {
    clearInterval(this.#reaper)
    await this.#upkeep.close()
    await this.writer.close()
    this.#readers.close()
    this.#lock.release()
  }

  /** What was read of histories may be other now; `logged`: the log has grown by that. */
  #historiesChanged(tenant: Tenant, logged: boolean): void {
    this.#known.historiesChanged(tenant)
    if (logged) for (const listener of this.#listeners) listener({ tenant })
  }

  async #create(tenant: Tenant, { most, what }: { most: number; what: string }): Promise<void> {
    if (await this.#in(DEFAULT_TENANT, undefined, readHeld)) throw heldProblem()
    const alike = (one: Tenant) => isHidden(one) === isHidden(tenant) && one !== tenant
    if ([...this.#tenants, ...this.#creating].filter(alike).length >= most) {
      throw new Problem('TooManyRequests', `Store has no room for more than ${what}`)
    }
    this.#creating.add(tenant)
    await this.writer.create(tenant).finally(() => this.#creating.delete(tenant))
    this.#tenants.add(tenant)
  }

  /** Reads from a tenant while its file is sure to be open; `absent` is what is read of one that does not exist. */
  async #in<T>(tenant: Tenant, absent: T, read: (reader: TenantReader) => T): Promise<T> {
    return this.#tenants.has(tenant) ? this.#readers.read(tenant, read) : absent
  }
}

function expires(unit: Unit): boolean {
  if (unit.collection === 'evolution') return false
  if (unit.collection !== 'entity') return unit.expiresAt !== undefined
  return unit.next !== undefined && validUntil(unit.next) !== undefined
}
