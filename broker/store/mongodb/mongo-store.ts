import type { Db, MongoClient } from 'mongodb'
import type { LogRecord } from '../../core/model/change.ts'
import { Problem } from '../../core/model/problem.ts'
import { DEFAULT_TENANT, parseTenant, type Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import {
  type Counters,
  type DocumentUnit,
  type HistoryRange,
  NO_COUNTERS,
  type QueryPlan,
  type Store,
  type StoredDocument,
  type Unit,
  type UnitResult,
} from '../port/store.ts'
import { type CommitHelp, commitUnit, documentKey, keyOf, versioned } from './commit-unit.ts'
import { drainChanges } from './drain-changes.ts'
import { InTurn, type TakeTurn } from './in-turn.ts'
import { readCounters } from './mongo-counters.ts'
import {
  createIndexes,
  type KeptDocument,
  type KeptNumber,
  type TenantCollections,
  tenantCollections,
} from './mongo-documents.ts'
import { asked, isDuplicate } from './mongo-errors.ts'
import { readHistory } from './mongo-history.ts'
import { expiredEntities, queryPage } from './mongo-query.ts'

/** How a store on MongoDB is to be opened. */
export interface MongoStoreOptions {
  readonly url: string
  readonly database: string
  /** So many tenants may be created besides the default one; default 1000. */
  readonly maxTenants?: number
  /** Time by which documents expire. */
  readonly clock?: () => Micros
}

type Collection = DocumentUnit['collection']

const AT_ONCE = 16
const REAP_EVERY: Micros = 60_000_000
const MISSED: UnitResult = { outcome: 'conflict', version: 0 }

/** Opens a store on MongoDB, where every answered write is on the disks of a majority. @throws Problem */
export async function openMongoStore(options: MongoStoreOptions): Promise<Store> {
  const { MongoClient } = await import('mongodb') // heavy: only loaded where it is used
  const client = new MongoClient(options.url, {
    writeConcern: { w: 'majority', journal: true },
    readPreference: 'primary',
    serverSelectionTimeoutMS: 10_000,
  })
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
class MongoStore implements Store {
  readonly #client: MongoClient
  readonly #database: Db
  readonly #maxTenants: number
  readonly #clock: () => Micros
  readonly #turns = new InTurn()
  readonly #tenants = new Map<Tenant, TenantCollections>()
  readonly #reaped = new Map<Tenant, Micros>()

  constructor(client: MongoClient, { database, maxTenants = 1000, clock }: MongoStoreOptions) {
    this.#client = client
    this.#database = client.db(database)
    this.#maxTenants = maxTenants
    this.#clock = clock ?? (() => Date.now() * 1000)
  }

  async open(): Promise<void> {
    await this.#client.connect()
    await this.#prepare(DEFAULT_TENANT)
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

  async commit(tenant: Tenant, units: readonly Unit[]): Promise<readonly UnitResult[]> {
    const collections = await this.#find(tenant)
    if (!collections) throw new Problem('NonexistentTenant', `Tenant ${tenant} does not exist`)
    if (units.length === 0) return []
    return asked(async () => {
      const first = await this.#versions(tenant, collections, units.length)
      const results = await this.#commitAll(tenant, collections, units, first)
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

  history(tenant: Tenant, id: string, range: HistoryRange) {
    return this.#in(tenant, [], (collections) => readHistory(collections, id, range))
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
    return asked(async () => {
      const created = await this.#registry().find().toArray()
      return [DEFAULT_TENANT, ...created.map(({ _id }) => parseTenant(_id))]
    })
  }

  createTenant(tenant: Tenant) {
    return asked(async () => {
      if (await this.#find(tenant)) return
      if ((await this.#registry().countDocuments()) >= this.#maxTenants) {
        throw new Problem('TooManyRequests', `Store has no room for more than ${this.#maxTenants} tenants`)
      }
      await this.#prepare(tenant)
      await this.#registry()
        .insertOne({ _id: tenant, value: this.#clock() })
        .catch((error) => {
          if (!isDuplicate(error)) throw error
        })
    })
  }

  counters(tenant: Tenant): Promise<Counters> {
    return this.#in(tenant, NO_COUNTERS, readCounters)
  }

  async close() {
    await Promise.all(
      [...this.#tenants].map(([tenant, collections]) => this.#drain(tenant, collections).catch(() => {})),
    )
    await this.#client.close()
  }

  /** Units of one thing wait for each other, those of different things do not. */
  async #commitAll(tenant: Tenant, collections: TenantCollections, units: readonly Unit[], first: number) {
    const results: UnitResult[] = []
    const queues = new Map<string, number[]>()
    units.forEach((unit, at) => {
      const key = `${tenant}/units/${keyOf(unit)}`
      queues.set(key, [...(queues.get(key) ?? []), at])
    })
    const help: CommitHelp = {
      newVersion: () => this.#versions(tenant, collections, 1),
      drain: () => this.#drain(tenant, collections),
      inTurn: this.#takeTurn(tenant),
    }
    const commitOne = async (places: readonly number[]) => {
      let left: number | undefined
      for (const at of places) {
        const unit = versioned(units[at], left)
        const result = unit ? await commitUnit(collections, unit, first + at, help) : MISSED
        left = result.outcome === 'kept' ? (unit?.next ? result.version : 0) : undefined
        results[at] = result
      }
    }
    const waiting = [...queues]
    const work = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const [key, places] = next
        await this.#turns.run(key, () => commitOne(places))
      }
    }
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, waiting.length) }, work))
    return results
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

  #drain(tenant: Tenant, collections: TenantCollections): Promise<void> {
    return this.#turns.run(`${tenant}/drain`, async () => {
      await drainChanges(collections, this.#takeTurn(tenant))
      await this.#reap(tenant, collections)
    })
  }

  /** Deletes documents that have expired, once in a while: MongoDB's own expiry knows whole seconds of its clock only. */
  async #reap(tenant: Tenant, { documents }: TenantCollections): Promise<void> {
    const now = this.#clock()
    if (Math.abs(now - (this.#reaped.get(tenant) ?? 0)) < REAP_EVERY) return
    this.#reaped.set(tenant, now)
    await documents.deleteMany({ expires: { $lte: now }, changes: { $size: 0 } })
  }

  // Each write is atomic on MongoDB anyway; turns within the process save conflicts, and servers that only speak its
  // protocol may not be atomic.
  #takeTurn(tenant: Tenant): TakeTurn {
    return (key, task) => this.#turns.run(`${tenant}/document/${key}`, task)
  }

  #isReadable({ text, expires }: KeptDocument): boolean {
    return text !== undefined && (expires === undefined || expires > this.#clock())
  }

  async #in<T>(tenant: Tenant, absent: T, read: (collections: TenantCollections) => Promise<T>): Promise<T> {
    return asked(async () => {
      const collections = await this.#find(tenant)
      return collections ? read(collections) : absent
    })
  }

  async #find(tenant: Tenant): Promise<TenantCollections | undefined> {
    const known = this.#tenants.get(tenant)
    if (known || !(await this.#registry().findOne({ _id: tenant }))) return known
    return this.#prepare(tenant)
  }

  async #prepare(tenant: Tenant): Promise<TenantCollections> {
    const collections = tenantCollections(this.#database, tenant)
    await createIndexes(collections)
    await collections.state.insertOne({ _id: 'version', value: 0 }).catch((error) => {
      if (!isDuplicate(error)) throw error
    })
    this.#tenants.set(tenant, collections)
    return collections
  }

  #registry() {
    return this.#database.collection<KeptNumber>('tenants')
  }
}

function storedDocument({ id, version, text = 'null' }: KeptDocument): StoredDocument {
  return { id, version, document: JSON.parse(text) }
}
