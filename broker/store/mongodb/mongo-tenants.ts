import type { Db } from 'mongodb'
import { Problem } from '../../core/model/problem.ts'
import { DEFAULT_TENANT, isHidden, noTenant, parseTenant, type Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import { heldProblem } from '../port/moved-store.ts'
import type { EntityLayouts } from './layout/entity-layouts.ts'
import { createIndexes } from './layout/mongo-indexes.ts'
import {
  hiddenWithCollections,
  type KeptNumber,
  type TenantCollections,
  tenantCollections,
} from './mongo-documents.ts'
import { refusedAsDuplicate } from './mongo-errors.ts'

/** How many tenants there may be, and the time at which they are registered. */
export interface TenantLimits {
  readonly maxTenants: number
  readonly maxHidden: number
  readonly clock: () => Micros
}

/** The tenants of a database: each is registered in it, so that all hubs on it agree on which there are. */
export class MongoTenants {
  readonly #database: Db
  readonly #limits: TenantLimits
  readonly #layouts: EntityLayouts
  readonly #open = new Map<Tenant, TenantCollections>()

  constructor(database: Db, limits: TenantLimits, layouts: EntityLayouts) {
    this.#database = database
    this.#limits = limits
    this.#layouts = layouts
  }

  /** Tenants whose collections this process has used. */
  get opened(): Iterable<[Tenant, TenantCollections]> {
    return this.#open
  }

  /** Tells whether this process has used the collections of a tenant, which was there then. */
  isOpen(tenant: Tenant): boolean {
    return this.#open.has(tenant)
  }

  list(): Promise<readonly Tenant[]> {
    return listTenants(this.#database)
  }

  /** Also those whose deletion was cut off, which nobody finds, so that it is repeated. */
  listHidden(): Promise<readonly Tenant[]> {
    return hiddenWithCollections(this.#database)
  }

  /** Answers the collections of a tenant that exists. Another hub may have dropped a hidden one: the registry knows. */
  async find(tenant: Tenant): Promise<TenantCollections | undefined> {
    const known = this.#open.get(tenant)
    if (known && !isHidden(tenant)) return known
    const registered = await this.#registry(registryOf(tenant)).findOne({ _id: tenant })
    return registered ? (known ?? this.prepare(tenant)) : undefined
  }

  /** Creates a tenant that requests can name, if it is not there. @throws Problem */
  async create(tenant: Tenant): Promise<void> {
    if (await this.find(tenant)) return
    if (isHidden(tenant)) throw noTenant(tenant)
    await this.#checkRoom(tenant, this.#limits.maxTenants)
    await this.register(tenant)
  }

  /** Creates a hidden tenant, if it is not there. @throws Problem */
  async createHidden(tenant: Tenant): Promise<void> {
    if (await this.find(tenant)) return
    await this.#checkRoom(tenant, this.#limits.maxHidden)
    await this.register(tenant)
  }

  /** Creates a tenant of either kind, whatever is held and however many there are. @throws Problem */
  async register(tenant: Tenant): Promise<void> {
    await this.prepare(tenant)
    // another process may be faster
    await this.#registry(registryOf(tenant))
      .insertOne({ _id: tenant, value: this.#limits.clock() })
      .catch(refusedAsDuplicate)
  }

  /** Deletes a hidden tenant: first out of the registry, so that nobody finds it. */
  async dropHidden(tenant: Tenant): Promise<void> {
    if (!isHidden(tenant)) return
    await this.#registry('snapshots').deleteOne({ _id: tenant })
    this.#open.delete(tenant)
    for (const collection of Object.values(tenantCollections(this.#database, tenant))) await collection.drop()
  }

  /** Creates indexes and counter of a tenant where they are not there. @throws Problem when a newer program wrote it */
  async prepare(tenant: Tenant): Promise<TenantCollections> {
    const collections = tenantCollections(this.#database, tenant)
    await createIndexes(collections)
    const counter = await collections.state.insertOne({ _id: 'version', value: 0 }).catch(refusedAsDuplicate)
    await this.#layouts.open(tenant, collections, counter !== false)
    this.#open.set(tenant, collections)
    return collections
  }

  /** What is being moved takes no tenants, as it takes no writes. @throws Problem */
  async #checkRoom(tenant: Tenant, most: number): Promise<void> {
    const { state } = tenantCollections(this.#database, DEFAULT_TENANT)
    if ((await state.findOne({ _id: 'version' }))?.held) throw heldProblem()
    if ((await this.#registry(registryOf(tenant)).countDocuments()) >= most) {
      throw new Problem('TooManyRequests', `Store has no room for more than ${most} ${registryOf(tenant)}`)
    }
  }

  #registry(name: ReturnType<typeof registryOf>) {
    return this.#database.collection<KeptNumber>(name)
  }
}

/** Answers the tenants of a database that requests can name. */
export async function listTenants(database: Db): Promise<readonly Tenant[]> {
  const created = await database.collection<KeptNumber>('tenants').find().toArray()
  return [DEFAULT_TENANT, ...created.map(({ _id }) => parseTenant(_id))]
}

/** Answers the collection that lists tenants of this kind. */
function registryOf(tenant: Tenant): 'tenants' | 'snapshots' {
  return isHidden(tenant) ? 'snapshots' : 'tenants'
}
