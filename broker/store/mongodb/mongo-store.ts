import type { MongoClient, MongoClientOptions } from 'mongodb'
import type { Collection as CollectionName, LogRecord } from '../../core/model/change.ts'
import { DEFAULT_TENANT, noTenant, type Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { Recording } from '../../core/temporal/recording.ts'
import type { RetentionRule } from '../../core/temporal/retention.ts'
import type { AggregateQuery, EvolutionQuery, InstanceQuery } from '../port/evolution.ts'
import { QuotaKeeper, type Quotas } from '../port/quotas.ts'
import { reapExpired } from '../port/reap-expired.ts'
import { RetentionRuns, type RetentionTurn } from '../port/retention-runs.ts'
import {
  type Counters,
  type DocumentUnit,
  type LogGrowth,
  NO_COUNTERS,
  type QueryPlan,
  type Store,
  type StoredDocument,
  type Unit,
  type UnitResult,
} from '../port/store.ts'
import type { StoreSize } from '../port/store-size.ts'
import type { RewritableTexts, TextChange } from '../port/stored-texts.ts'
import { withRecording } from '../port/with-recording.ts'
import { documentKey } from './commit-unit.ts'
import { commitUnits } from './commit-units.ts'
import { drainChanges, lastSequence } from './drain-changes.ts'
import { InTurn, type TakeTurn } from './in-turn.ts'
import { readCounters } from './mongo-counters.ts'
import type { KeptDocument, TenantCollections } from './mongo-documents.ts'
import { asked } from './mongo-errors.ts'
import { readEvolutions } from './mongo-evolutions.ts'
import { readInstances } from './mongo-history.ts'
import { expiredEntities, queryPage } from './mongo-query.ts'
import { tenantParts } from './mongo-size.ts'
import { MongoTenants } from './mongo-tenants.ts'
import { retainInstances } from './retain-instances.ts'
import { rewriteTexts, storedTexts } from './stored-texts.ts'

/** How a store on MongoDB is to be opened. */
export interface MongoStoreOptions {
  readonly url: string
  readonly database: string
  /** So many tenants may be created besides the default one; default 1000. */
  readonly maxTenants?: number
  /** So many hidden tenants may be there; default 100. */
  readonly maxHidden?: number
  /** Time by which documents expire. */
  readonly clock?: () => Micros
  /** What history keeps of the changes of entities; absent: everything. */
  readonly recording?: Recording
  /** What history keeps no longer; absent: everything is kept for ever. */
  readonly retention?: () => readonly RetentionRule[]
  /** How many of what tenants may have; absent: any number. */
  readonly quotas?: Quotas
}

type Collection = DocumentUnit['collection']

const REAP_EVERY: Micros = 60_000_000
const EMPTY_FOR: Micros = 3_600_000_000
const MEASURED_FOR: Micros = 600_000_000

const CLIENT_OPTIONS: MongoClientOptions = {
  writeConcern: { w: 'majority', journal: true },
  readPreference: 'primary',
  serverSelectionTimeoutMS: 10_000,
}

/** What the driver says of a connection string that it cannot read repeats it, with its password. */
function clientFor(make: () => MongoClient): MongoClient {
  try {
    return make()
  } catch {
    throw new Error('Setting store.mongodb.url is no connection string of MongoDB')
  }
}

/** Opens a store on MongoDB, where every answered write is on the disks of a majority. @throws Problem */
export async function openMongoStore(options: MongoStoreOptions): Promise<Store & RewritableTexts> {
  const { MongoClient } = await import('mongodb') // heavy: only loaded where it is used
  const client = clientFor(() => new MongoClient(options.url, CLIENT_OPTIONS))
  const store = new MongoStore(client, options)
  try {
    await asked(() => store.open())
    return store
  } catch (error) {
    await client.close()
    throw error
  }
}

/** A Store on MongoDB: one document per entity, changed by one atomic write that carries its own change record. */
class MongoStore implements Store, RewritableTexts {
  readonly #client: MongoClient
  readonly #clock: () => Micros
  readonly #recording: Recording | undefined
  readonly #quotas: QuotaKeeper | undefined
  readonly #turns = new InTurn()
  readonly #commits = new Set<Promise<unknown>>()
  readonly #tenants: MongoTenants
  readonly #reaped = new Map<Tenant, Micros>()
  readonly #retention: RetentionRuns<string>
  readonly #sizes = new Map<Tenant, StoreSize>()
  readonly #listeners = new Set<(growth: LogGrowth) => void>()

  constructor(
    client: MongoClient,
    { database, maxTenants = 1000, maxHidden = 100, clock, recording, retention, quotas }: MongoStoreOptions,
  ) {
    this.#client = client
    this.#clock = clock ?? (() => Date.now() * 1000)
    this.#recording = recording
    this.#quotas =
      quotas &&
      new QuotaKeeper({
        quotas,
        count: (...of) => this.#count(...of),
        portion: 16,
      })
    this.#tenants = new MongoTenants(client.db(database), { maxTenants, maxHidden, clock: this.#clock })
    this.#retention = new RetentionRuns({
      clock: this.#clock,
      rules: retention ?? (() => []),
      tenants: () => this.tenants(),
      step: (tenant, turn) => this.#retainSome(tenant, turn),
    })
  }

  async open(): Promise<void> {
    await this.#client.connect()
    await this.#tenants.prepare(DEFAULT_TENANT)
    this.#retention.start()
  }

  async read(tenant: Tenant, id: string) {
    const [entity] = await this.readMany(tenant, [id])
    return entity
  }

  readMany(tenant: Tenant, ids: readonly string[]) {
    return this.#in(tenant, [], async ({ entities }) => {
      const wanted = { _id: { $in: [...ids] }, text: { $exists: true } }
      const found = await entities.find(wanted, { projection: { version: 1, text: 1 } }).toArray()
      const byId = new Map(found.map(({ _id, version, text = '' }) => [_id, { id: _id, version, text }]))
      return ids.map((id) => byId.get(id)).filter((entity) => entity !== undefined)
    })
  }

  query(tenant: Tenant, plan: QueryPlan) {
    return this.#in(tenant, { rows: [], exact: true, count: 0 }, (collections) =>
      queryPage(collections, plan, this.#clock()),
    )
  }

  expired(tenant: Tenant, now: Micros, limit: number) {
    return this.#in(tenant, [], (collections) => expiredEntities(collections, now, limit))
  }

  commit(tenant: Tenant, units: readonly Unit[]): Promise<readonly UnitResult[]> {
    if (!this.#quotas) return this.#commitNoted(tenant, units)
    return this.#quotas.commit(tenant, units, (those) => this.#commitNoted(tenant, those))
  }

  #commitNoted(tenant: Tenant, units: readonly Unit[]): Promise<readonly UnitResult[]> {
    const committed = this.#commit(tenant, units)
    this.#commits.add(committed)
    const end = (): void => void this.#commits.delete(committed)
    committed.then(end, end)
    return committed
  }

  /** All that were ever there are counted without looking at them; only where those are too many, those that are. */
  #count(tenant: Tenant, collection: CollectionName, most: number): Promise<number> {
    return this.#in(tenant, 0, async ({ entities, documents }) => {
      const there = { text: { $exists: true } }
      if (collection !== 'entity') return documents.countDocuments({ ...there, collection }, { limit: most })
      const ever = await entities.estimatedDocumentCount()
      return ever < most ? ever : entities.countDocuments(there, { limit: most })
    })
  }

  async settled(): Promise<void> {
    await Promise.allSettled([...this.#commits])
  }

  async #commit(tenant: Tenant, units: readonly Unit[]): Promise<readonly UnitResult[]> {
    const collections = await this.#tenants.find(tenant)
    if (!collections) throw noTenant(tenant)
    if (units.length === 0) return []
    return asked(async () => {
      const first = await this.#versions(tenant, collections, units.length)
      const help = {
        first,
        unitsInTurn: this.#takeTurn(tenant, 'units'),
        newVersion: () => this.#versions(tenant, collections, 1),
        drain: () => this.#drain(tenant, collections),
        inTurn: this.#takeTurn(tenant, 'document'),
      }
      const results = await commitUnits(collections, withRecording(units, this.#recording), help).finally(
        () => {
          for (const listener of this.#listeners) listener({ tenant })
        },
      )
      void this.#drain(tenant, collections).catch(() => {}) // what is left is drained by the next reader of the log
      return results
    })
  }

  /** Other hubs may write to the same database, so only asking it would tell. */
  version(): undefined {
    return undefined
  }

  generation(): undefined {
    return undefined
  }

  historyGeneration(): undefined {
    return undefined
  }

  logEnd(tenant: Tenant) {
    return this.#in(tenant, 0, async (collections) => {
      await this.#drain(tenant, collections)
      return lastSequence(collections)
    })
  }

  log(tenant: Tenant, after: number, limit: number) {
    return this.#in(tenant, [], async (collections) => {
      await this.#drain(tenant, collections)
      const rows = await collections.log
        .find({ _id: { $gt: after } })
        .sort({ _id: 1 })
        .limit(limit)
        .toArray()
      return rows.map(({ _id, text }): LogRecord => ({ sequence: _id, ...JSON.parse(text) }))
    })
  }

  /** What was erased goes while it is drained; what MongoDB keeps of its own stays as long as it is set up to. */
  finishErasing(tenant: Tenant) {
    return this.#in(tenant, true, async (collections) => {
      await this.#drain(tenant, collections)
      return true
    })
  }

  /** What travels in documents is where it belongs before they are walked over. */
  texts(tenant: Tenant, page: Parameters<RewritableTexts['texts']>[1]) {
    return this.#in(tenant, [], async (collections) => {
      if (page.after === undefined) await this.#drain(tenant, collections)
      return storedTexts(collections, page)
    })
  }

  /** Nothing is packed here. */
  async unpack(): Promise<void> {}

  rewrite(tenant: Tenant, changes: readonly TextChange[]) {
    return this.#in(tenant, undefined, (collections) =>
      rewriteTexts(collections, changes, this.#takeTurn(tenant, 'document')),
    )
  }

  watch(listener: (growth: LogGrowth) => void) {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  evolutions(tenant: Tenant, query: EvolutionQuery) {
    return this.#in(tenant, [], (collections) => readEvolutions(collections, query))
  }

  instances(tenant: Tenant, id: string, query: InstanceQuery) {
    return this.#in(tenant, [], (collections) => readInstances(collections, id, query))
  }

  async condensed(): Promise<readonly []> {
    return []
  }

  /** No totals are kept here: the instances tell. */
  async aggregates(_tenant: Tenant, ids: readonly string[], { condensed }: AggregateQuery) {
    return ids.map(() => (condensed ? [] : undefined))
  }

  document(tenant: Tenant, collection: Collection, id: string) {
    return this.#in(tenant, undefined, async ({ documents }) => {
      const found = await documents.findOne({ _id: documentKey(collection, id) })
      return found && this.#isReadable(found) ? storedDocument(found) : undefined
    })
  }

  documents(
    tenant: Tenant,
    collection: Collection,
    page: { readonly after?: string; readonly limit: number },
  ) {
    return this.#in(tenant, [], async ({ documents }) => {
      const rows = await documents
        .find({
          $and: [
            { collection, id: { $gt: page.after ?? '' }, text: { $exists: true } },
            { $or: [{ expires: { $exists: false } }, { expires: { $gt: this.#clock() } }] },
          ],
        })
        .sort({ id: 1 })
        .limit(page.limit)
        .toArray()
      return rows.map(storedDocument)
    })
  }

  tenants() {
    return asked(() => this.#tenants.list())
  }

  createTenant(tenant: Tenant) {
    return asked(() => this.#tenants.create(tenant))
  }

  hiddenTenants() {
    return asked(() => this.#tenants.listHidden())
  }

  createHidden(tenant: Tenant) {
    return asked(() => this.#tenants.createHidden(tenant))
  }

  dropHidden(tenant: Tenant) {
    return asked(() => this.#tenants.dropHidden(tenant))
  }

  counters(tenant: Tenant): Promise<Counters> {
    return this.#in(tenant, NO_COUNTERS, readCounters)
  }

  /** The server keeps count; it is asked again after a while. */
  async size(tenant: Tenant): Promise<StoreSize | undefined> {
    const known = this.#sizes.get(tenant)
    if (known && this.#clock() - known.measuredAt < MEASURED_FOR) return known
    const parts = await this.#in(tenant, undefined, tenantParts)
    if (!parts) return undefined
    const size = { measuredAt: this.#clock(), parts }
    this.#sizes.set(tenant, size)
    return size
  }

  /** Removes from history what is kept no longer; also done once a day. */
  retain(): Promise<void> {
    return this.#retention.run()
  }

  async close() {
    await this.#retention.close()
    await Promise.all(
      [...this.#tenants.opened].map(([tenant, collections]) =>
        this.#drain(tenant, collections).catch(() => {}),
      ),
    )
    await this.#client.close()
  }

  #retainSome(tenant: Tenant, turn: RetentionTurn<string>): Promise<string | undefined> {
    return this.#in(tenant, undefined, async (collections) => {
      if (turn.after === undefined) await this.#drain(tenant, collections)
      return retainInstances(collections, turn)
    })
  }

  /** Takes so many versions of the tenant for this commit; answers the first. */
  #versions(tenant: Tenant, { state }: TenantCollections, count: number): Promise<number> {
    return this.#turns.run(`${tenant}/version`, async () => {
      const next = await state.findOneAndUpdate(
        { _id: 'version' },
        { $inc: { value: count } },
        { returnDocument: 'after' },
      )
      if (!next) throw new Error(`Tenant ${tenant} has no version counter`)
      return next.value - count + 1
    })
  }

  async #drain(tenant: Tenant, collections: TenantCollections): Promise<void> {
    await this.#turns.run(`${tenant}/drain`, () =>
      drainChanges(collections, this.#takeTurn(tenant, 'document')),
    )
    await this.#reap(tenant, collections)
  }

  /** Deletes what has expired, once in a while: MongoDB's own expiry knows whole seconds of its clock only. */
  async #reap(tenant: Tenant, { documents, history }: TenantCollections): Promise<void> {
    const now = this.#clock()
    if (Math.abs(now - (this.#reaped.get(tenant) ?? 0)) < REAP_EVERY) return
    this.#reaped.set(tenant, now)
    await documents.deleteMany({ expires: { $lte: now }, changes: { $size: 0 } })
    await history.deleteMany({ gone: { $lte: now - EMPTY_FOR } })
    await reapExpired(this, tenant, now)
  }

  // Each write is atomic on MongoDB anyway; turns within the process save conflicts, and servers that only speak its
  // protocol may not be atomic.
  #takeTurn(tenant: Tenant, of: 'units' | 'document'): TakeTurn {
    return (key, task) => this.#turns.run(`${tenant}/${of}/${key}`, task)
  }

  #isReadable({ text, expires }: KeptDocument): boolean {
    return text !== undefined && (expires === undefined || expires > this.#clock())
  }

  async #in<T>(tenant: Tenant, absent: T, read: (collections: TenantCollections) => Promise<T>): Promise<T> {
    return asked(async () => {
      const collections = await this.#tenants.find(tenant)
      return collections ? read(collections) : absent
    })
  }
}

function storedDocument({ id, version, text = 'null' }: KeptDocument): StoredDocument {
  return { id, version, document: JSON.parse(text) }
}
