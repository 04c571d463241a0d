import type { Db, MongoClient } from 'mongodb'
import { DEFAULT_TENANT, noTenant, type Tenant } from '../../../core/model/tenant.ts'
import type { InstanceQuery } from '../../port/evolution.ts'
import type { Held, MovedStore } from '../../port/moved-store.ts'
import type { Processes } from '../../port/processes.ts'
import { SILENT } from '../../port/store-log.ts'
import { readInstances } from '../history/mongo-history.ts'
import { InTurn, type TakeTurn } from '../in-turn.ts'
import { EntityLayouts } from '../layout/entity-layouts.ts'
import { lastSequence } from '../log/append-records.ts'
import { drainChanges } from '../log/drain-changes.ts'
import { endOfLog, readLog } from '../log/read-log.ts'
import { type TenantCollections, tenantCollections } from '../mongo-documents.ts'
import { MongoTenants } from '../mongo-tenants.ts'
import { connectMongo } from '../open-mongo-store.ts'
import { joinProcesses } from '../processes/join-processes.ts'
import { MarkedDays } from '../totals/marked-days.ts'
import { movedDocuments, movedEntities } from './moved-documents.ts'
import { takeDocuments, takeEntities, takeInstances, takeLog } from './taken-documents.ts'
import { waitForWriters } from './wait-for-writers.ts'

const VERSION = { _id: 'version' } as const

/** Opens the store of a database as a hub is moved from it, or to it. @throws Problem */
export async function openMovedDatabase(
  url: string,
  database: string,
  role: 'from' | 'to',
): Promise<MovedStore> {
  const client = await connectMongo(url)
  const store = new MovedDatabase(client, database)
  try {
    await store.open(role)
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}

class MovedDatabase implements MovedStore {
  readonly #client: MongoClient
  readonly #database: Db
  readonly #tenants: MongoTenants
  readonly #layouts: EntityLayouts
  readonly #turns = new InTurn()
  readonly #days = new MarkedDays(() => Date.now() * 1000)
  readonly #takeTurn: TakeTurn = (key, task) => this.#turns.run(key, task)
  #processes: Pick<Processes, 'leave'> | undefined
  /** The hubs on the database took this process for dead. */
  #lost = false

  constructor(client: MongoClient, database: string) {
    this.#client = client
    this.#database = client.db(database)
    const takeTurn = () => this.#takeTurn
    this.#layouts = new EntityLayouts({ takeTurn, log: SILENT })
    // all that the other store has is registered, however much that is
    const limits = { maxTenants: 0, maxHidden: 0, clock: () => Date.now() * 1000 }
    this.#tenants = new MongoTenants(this.#database, limits, this.#layouts)
  }

  /**
   * Makes the default tenant where a hub is to come. A hub may run on the database where its server keeps several processes apart.
   * @throws Error where no hub is to go from, or where one runs that has to be the only process
   */
  async open(role: 'from' | 'to') {
    const { processes } = await joinProcesses(this.#database, {
      found: () => undefined,
      lost: () => {
        this.#lost = true
      },
      failed: () => undefined,
    })
    this.#processes = processes
    const { state } = tenantCollections(this.#database, DEFAULT_TENANT)
    if (role === 'from' && !(await state.findOne(VERSION)))
      throw new Error(`Database ${this.#database.databaseName} holds no hub`)
    await this.#tenants.prepare(DEFAULT_TENANT)
  }

  async tenants() {
    const tenants = [...(await this.#tenants.list())]
    // what is left of one that was dropped is no tenant
    for (const hidden of await this.#tenants.listHidden())
      if (await this.#tenants.find(hidden)) tenants.push(hidden)
    return tenants
  }

  async createTenant(tenant: Tenant) {
    if (!(await this.#tenants.find(tenant))) await this.#tenants.register(tenant)
  }

  async dropHidden(tenant: Tenant) {
    await this.#tenants.dropHidden(tenant)
  }

  async held(tenant: Tenant) {
    const { state } = await this.#of(tenant)
    return (await state.findOne(VERSION))?.held
  }

  async hold(tenant: Tenant, held: Held | undefined) {
    const { state } = await this.#of(tenant)
    await state.updateOne(VERSION, held ? { $set: { held } } : { $unset: { held: '' } })
  }

  waitForWriters() {
    return waitForWriters(this.#database)
  }

  /** What waits in documents goes where it belongs first. */
  async begin(tenant: Tenant) {
    const collections = await this.#of(tenant)
    await drainChanges(collections, { inTurn: this.#takeTurn, days: this.#days })
    const version = await collections.state.findOne(VERSION)
    return Math.max(version?.value ?? 0, await lastSequence(collections))
  }

  async isSettled(tenant: Tenant) {
    const { entities, documents } = await this.#of(tenant)
    const pending = await Promise.all([
      entities.findOne({ pending: true }, { projection: { _id: 1 } }),
      documents.findOne({ pending: true }, { projection: { _id: 1 } }),
    ])
    return pending.every((found) => found === null)
  }

  async log(tenant: Tenant, after: number, limit: number) {
    return readLog(await this.#of(tenant), after, limit)
  }

  async entities(tenant: Tenant, after: string, limit: number) {
    return movedEntities(await this.#of(tenant), after, limit)
  }

  async instances(tenant: Tenant, id: string, query: InstanceQuery) {
    return readInstances(await this.#of(tenant), id, query)
  }

  async condensedSeries() {
    return 0
  }

  async documents(...[tenant, after, limit, by]: Parameters<MovedStore['documents']>) {
    return movedDocuments(await this.#of(tenant), { after, limit, by })
  }

  /** Where the log has no record of that number there is an empty one: the next is behind it. */
  async takeNumber(tenant: Tenant, number: number) {
    const collections = await this.#of(tenant)
    await collections.state.updateOne({ ...VERSION, value: { $lt: number } }, { $set: { value: number } })
    if ((await lastSequence(collections)) >= number) return
    await collections.log.deleteMany({ text: '' })
    await collections.log.insertOne(endOfLog(number))
  }

  async takeLog(...[tenant, ...taken]: Parameters<MovedStore['takeLog']>) {
    await takeLog(await this.#of(tenant), ...taken)
  }

  async takeEntities(...[tenant, ...taken]: Parameters<MovedStore['takeEntities']>) {
    await takeEntities(await this.#of(tenant), ...taken)
  }

  async takeInstances(...[tenant, { id }, ...taken]: Parameters<MovedStore['takeInstances']>) {
    await takeInstances(await this.#of(tenant), id, ...taken)
  }

  async takeDocuments(...[tenant, ...taken]: Parameters<MovedStore['takeDocuments']>) {
    await takeDocuments(await this.#of(tenant), ...taken)
  }

  async finish() {}

  async close() {
    await this.#layouts.close()
    await this.#processes?.leave()
    await this.#client.close()
  }

  async #of(tenant: Tenant): Promise<TenantCollections> {
    if (this.#lost)
      throw new Error(
        `Hubs on database ${this.#database.databaseName} did not hear of this process for too long`,
      )
    const found = await this.#tenants.find(tenant)
    if (!found) throw noTenant(tenant)
    return found
  }
}
