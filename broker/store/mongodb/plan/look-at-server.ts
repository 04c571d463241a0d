import type { Db } from 'mongodb'
import type { Tenant } from '../../../core/model/tenant.ts'
import type { StorePart } from '../../port/store-size.ts'
import { INDEXES, type KeptIndex } from '../layout/mongo-indexes.ts'
import { type TenantCollections, tenantCollections } from '../mongo-documents.ts'
import { tenantParts } from '../mongo-size.ts'
import { listTenants } from '../mongo-tenants.ts'

type Name = keyof TenantCollections

/** What is there of a tenant. */
export interface SeenTenant {
  readonly tenant: Tenant
  readonly parts: readonly StorePart[]
  readonly missing: readonly (readonly [Name, KeptIndex])[]
  readonly sharded: ReadonlySet<Name>
}

/** What a server says of itself and of a database of hubs. */
export interface SeenServer {
  readonly version: string
  /** Absent: it is none. */
  readonly replicaSet?: string
  /** Names of the shards; absent: the cluster is not sharded. */
  readonly shards?: readonly string[]
  /** Connections that it has, and could have besides; absent: it does not tell. */
  readonly connections?: { readonly current: number; readonly available: number }
  readonly tenants: readonly SeenTenant[]
}

const NO_NAMESPACE = 26

/** Looks at a server and at what hubs have there, and changes nothing. @throws Error of the driver */
export async function lookAtServer(database: Db): Promise<SeenServer> {
  const admin = database.client.db('admin')
  const { setName, msg } = await admin.command({ hello: 1 })
  const { version } = await admin.command({ buildInfo: 1 })
  const isSharded = msg === 'isdbgrid'
  const shards = isSharded ? (await admin.command({ listShards: 1 })).shards : undefined
  const { connections } = await admin.command({ serverStatus: 1 }).catch(() => ({ connections: undefined }))
  const tenants: SeenTenant[] = []
  for (const tenant of await listTenants(database)) {
    const collections = tenantCollections(database, tenant)
    tenants.push({
      tenant,
      parts: await tenantParts(collections).catch(() => []),
      missing: await missingIndexes(collections),
      sharded: isSharded ? await shardedOf(database, collections) : new Set(),
    })
  }
  return {
    version: String(version),
    ...(setName && { replicaSet: String(setName) }),
    ...(shards && { shards: shards.map(({ _id }: { readonly _id: string }) => _id) }),
    ...(connections && { connections }),
    tenants,
  }
}

async function missingIndexes(collections: TenantCollections): Promise<SeenTenant['missing']> {
  const missing: (readonly [Name, KeptIndex])[] = []
  for (const [name, wanted] of Object.entries(INDEXES) as [Name, readonly KeptIndex[]][]) {
    // keys of it
    const there = await collections[name].indexes().catch(noneWithoutCollection)
    const keys = new Set(there.map(({ key }) => JSON.stringify(key)))
    for (const index of wanted) if (!keys.has(JSON.stringify(index.key))) missing.push([name, index])
  }
  return missing
}

function noneWithoutCollection(error: unknown): { readonly key: object }[] {
  if (error instanceof Error && 'code' in error && error.code === NO_NAMESPACE) return []
  throw error
}

async function shardedOf(database: Db, collections: TenantCollections): Promise<ReadonlySet<Name>> {
  const known = database.client
    .db('config')
    .collection<{ _id: string; unsplittable?: boolean }>('collections')
  const names = Object.entries(collections).map(([name, { namespace }]) => [namespace, name] as const)
  const found = await known
    .find({ _id: { $in: names.map(([namespace]) => namespace) }, unsplittable: { $ne: true } })
    .toArray()
  const sharded = new Set(found.map(({ _id }) => _id))
  return new Set(names.filter(([namespace]) => sharded.has(namespace)).map(([, name]) => name as Name)) // keys of it
}
