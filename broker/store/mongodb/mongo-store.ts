import type { Db, MongoClient } from 'mongodb'
import type { Iri } from '../../core/model/iri.ts'
import { DEFAULT_TENANT, isHidden, type Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { PeriodTotal } from '../../core/temporal/aggregate-totals.ts'
import { dayOf } from '../port/days.ts'
import type { AggregateQuery, EvolutionQuery, InstanceQuery } from '../port/evolution.ts'
import type { Processes } from '../port/processes.ts'
import {
  type Counters,
  type DocumentUnit,
  type LogGrowth,
  NO_COUNTERS,
  type QueryPlan,
  type Store,
  type Unit,
  type UnitResult,
} from '../port/store.ts'
import { SILENT } from '../port/store-log.ts'
import type { StoreSize } from '../port/store-size.ts'
import type { RewritableTexts, TextChange } from '../port/stored-texts.ts'
import { MongoWrites } from './commit/mongo-writes.ts'
import { readEvolutions } from './history/mongo-evolutions.ts'
import { readInstances } from './history/mongo-history.ts'
import { KnownCommits } from './known/known-commits.ts'
import { OthersFeed } from './known/others-feed.ts'
import { EntityLayouts } from './layout/entity-layouts.ts'
import { lastSequence } from './log/append-records.ts'
import { readLog } from './log/read-log.ts'
import { countEach, ShapeCounts } from './mongo-counters.ts'
import type { TenantCollections } from './mongo-documents.ts'
import { asked } from './mongo-errors.ts'
import { tenantParts } from './mongo-size.ts'
import type { MongoStoreOptions } from './mongo-store-options.ts'
import { MongoTenants } from './mongo-tenants.ts'
import { type JoinOptions, joinProcesses } from './processes/join-processes.ts'
import { type Capabilities, probeCapabilities } from './query/capabilities.ts'
import { expiredEntities, queryPage } from './query/query-page.ts'
import { readDocument, readDocuments } from './read-documents.ts'
import { readEntities, readEntity } from './read-entities.ts'
import { rewriteTexts, storedTexts } from './stored-texts.ts'
import { readTotals } from './totals/read-totals.ts'
import { Upkeep } from './upkeep.ts'
import { upkeepOf } from './upkeep-steps.ts'

type Collection = DocumentUnit['collection']

const MEASURED_FOR: Micros = 600_000_000

/** A Store on MongoDB: one document per entity, changed by one atomic write that carries its own change record. */
export class MongoStore implements Store, RewritableTexts {
  /** What it knows of commits, and is told of those of other processes. */
  readonly known: KnownCommits
  readonly #staleness: number
  #feed: OthersFeed | undefined
  readonly #client: MongoClient
  readonly #database: Db
  readonly #clock: () => Micros
  readonly #writes: MongoWrites
  readonly #tenants: MongoTenants
  readonly #upkeep: Upkeep
  readonly #sizes = new Map<Tenant, StoreSize>()
  readonly #layouts: EntityLayouts
  readonly #shapes = new ShapeCounts()
  #capabilities: Capabilities = { elementMatch: false, codePointOrder: false }

  constructor(client: MongoClient, options: MongoStoreOptions) {
    const { database, maxTenants = 1000, maxHidden = 100, clock, recording, retention, quotas } = options
    const log = options.log ?? SILENT
    this.#client = client
    this.#clock = clock ?? (() => Date.now() * 1000)
    this.#database = client.db(database)
    this.#staleness = options.staleness ?? 0
    this.known = new KnownCommits({
      maxCharacters: options.knownCharacters ?? 16_000_000,
      staleness: this.#staleness,
      grown: (tenant) => this.#writes.tell(tenant),
    })
    this.#layouts = new EntityLayouts({
      takeTurn: (tenant) => this.#writes.takeTurn(tenant, 'document'),
      log,
    })
    const limits = { maxTenants, maxHidden, clock: this.#clock }
    this.#tenants = new MongoTenants(this.#database, limits, this.#layouts)
    this.#writes = new MongoWrites(this.#tenants, {
      clock: this.#clock,
      known: this.known,
      recording,
      quotas,
    })
    this.#upkeep = new Upkeep(
      upkeepOf(this, {
        clock: this.#clock,
        rules: retention ?? (() => []),
        log,
        writes: this.#writes,
        within: (...of) => this.#in(...of),
      }),
    )
  }

  async open(): Promise<void> {
    this.#capabilities = await probeCapabilities(this.#database)
    await this.#tenants.prepare(DEFAULT_TENANT)
  }

  /** What queries are answered with. */
  get capabilities(): Capabilities {
    return this.#capabilities
  }

  /**
   * Joins the other processes on the database, is told of what they commit from then on, and takes part in the upkeep.
   * @throws Error that says why it may not
   */
  async join(options: JoinOptions): Promise<Processes> {
    const { processes, signals, guarantees } = await asked(() => joinProcesses(this.#database, options))
    if (processes.alone) this.known.beAlone()
    else {
      this.#writes.follow(signals)
      if (guarantees.changeStreams && this.#staleness > 0)
        this.#feed = new OthersFeed({
          known: this.known,
          staleness: this.#staleness,
          failed: (error) => options.failed(error, 'what other processes commit is not heard'),
        })
    }
    await asked(() => processes.share('upkeep', this.#upkeep))
    return processes
  }

  read(tenant: Tenant, id: string) {
    return this.known.read(tenant, id, () =>
      this.#in(tenant, undefined, (collections) => readEntity(collections, id)),
    )
  }

  readMany(tenant: Tenant, ids: readonly string[]) {
    return this.#in(tenant, [], (collections) => readEntities(collections, ids))
  }

  query(tenant: Tenant, plan: QueryPlan) {
    return this.#in(tenant, { rows: [], exact: true, count: 0 }, (collections) =>
      queryPage(collections, plan, {
        ...this.#capabilities,
        current: this.#layouts.isCurrent(tenant),
        now: this.#clock(),
      }),
    )
  }

  expired(tenant: Tenant, now: Micros, limit: number) {
    return this.#in(tenant, [], (collections) => expiredEntities(collections, now, limit))
  }

  commit(tenant: Tenant, units: readonly Unit[]): Promise<readonly UnitResult[]> {
    return this.#writes.commit(tenant, units)
  }

  settled(): Promise<void> {
    return this.#writes.settled()
  }

  version(tenant: Tenant, id: string) {
    return this.#tenants.isOpen(tenant) ? this.known.version(tenant, id) : undefined
  }

  generation(tenant: Tenant, types?: readonly Iri[]) {
    return this.#tenants.isOpen(tenant) ? this.known.generation(tenant, types) : undefined
  }

  historyGeneration(tenant: Tenant, id: string) {
    return this.#tenants.isOpen(tenant) ? this.known.history(tenant, id) : undefined
  }

  logEnd(tenant: Tenant) {
    return this.#in(tenant, 0, async (collections) => {
      await this.#writes.drain(tenant, collections)
      return lastSequence(collections)
    })
  }

  log(tenant: Tenant, after: number, limit: number) {
    return this.#in(tenant, [], async (collections) => {
      await this.#writes.drain(tenant, collections)
      return readLog(collections, after, limit)
    })
  }

  /** What was erased goes while it is drained; what MongoDB keeps of its own stays as long as it is set up to. */
  finishErasing(tenant: Tenant) {
    return this.#in(tenant, true, async (collections) => {
      await this.#writes.drain(tenant, collections)
      return true
    })
  }

  /** What travels in documents is where it belongs before they are walked over. */
  texts(tenant: Tenant, page: Parameters<RewritableTexts['texts']>[1]) {
    return this.#in(tenant, [], async (collections) => {
      if (page.after === undefined) await this.#writes.drain(tenant, collections)
      return storedTexts(collections, page)
    })
  }

  /** Nothing is packed here; what was summed up of these attributes goes, since they are to be sealed. */
  unpack(tenant: Tenant, attributes: readonly Iri[]) {
    return this.#in(tenant, undefined, async ({ totals }) => {
      if (attributes.length > 0) await totals.deleteMany({ attribute: { $in: [...attributes] } })
    })
  }

  async rewrite(tenant: Tenant, changes: readonly TextChange[]) {
    await this.#in(tenant, undefined, (collections) =>
      this.#writes.betweenDrains(tenant, () =>
        rewriteTexts(collections, changes, this.#writes.takeTurn(tenant, 'document')),
      ),
    )
    this.known.forgetTexts(tenant)
  }

  watch(listener: (growth: LogGrowth) => void) {
    return this.#writes.watch(listener)
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

  aggregates(tenant: Tenant, ids: readonly string[], query: AggregateQuery) {
    const none: readonly (readonly PeriodTotal[] | undefined)[] = ids.map(() => [])
    return this.#in(tenant, none, (collections) =>
      readTotals(collections, ids, {
        query,
        // of hidden tenants, which another process may drop meanwhile, nothing is summed up
        today: isHidden(tenant) ? Number.NEGATIVE_INFINITY : dayOf(this.#clock()),
      }),
    )
  }

  document(tenant: Tenant, collection: Collection, id: string) {
    return this.#in(tenant, undefined, (collections) =>
      readDocument(collections, { collection, id }, this.#clock()),
    )
  }

  documents(
    tenant: Tenant,
    collection: Collection,
    page: { readonly after?: string; readonly limit: number },
  ) {
    return this.#in(tenant, [], (collections) =>
      readDocuments(collections, { collection, ...page }, this.#clock()),
    )
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
    // what is drained later would bring its log back
    return asked(() =>
      this.#writes.betweenDrains(tenant, async () => {
        await this.#tenants.dropHidden(tenant)
        this.known.forget(tenant)
      }),
    )
  }

  counters(tenant: Tenant): Promise<Counters> {
    return this.#in(tenant, NO_COUNTERS, (collections) =>
      this.#layouts.isCurrent(tenant) ? this.#shapes.read(collections) : countEach(collections),
    )
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

  /** Removes from history what is kept no longer; also done once a day by the process that has this duty. */
  retain(): Promise<void> {
    return this.#upkeep.retain()
  }

  /** Takes away what has expired; also done every minute by the process that has this duty. */
  reap(): Promise<void> {
    return this.#upkeep.reap()
  }

  /** Sums up days that are over; also done every minute by the process that has this duty. */
  sumUp(): Promise<void> {
    return this.#upkeep.sumUp()
  }

  async close() {
    await this.#upkeep.stop()
    await this.#layouts.close()
    this.#writes.close()
    await this.#feed?.close()
    await Promise.all(
      [...this.#tenants.opened].map(([tenant, collections]) =>
        this.#writes.drain(tenant, collections).catch(() => {}),
      ),
    )
    await this.#client.close()
  }

  async #in<T>(tenant: Tenant, absent: T, read: (collections: TenantCollections) => Promise<T>): Promise<T> {
    return asked(async () => {
      const collections = await this.#tenants.find(tenant)
      if (!collections) return absent
      this.#feed?.follow(tenant, collections)
      return read(collections)
    })
  }
}
