import { type Collection, MongoServerError } from 'mongodb'
import type { StorePart, StorePartName } from '../port/store-size.ts'
import type { TenantCollections } from './mongo-documents.ts'

/** What MongoDB keeps of a collection beside it. */
interface StorageStats {
  readonly count?: number
  readonly storageSize?: number
  readonly freeStorageSize?: number
  readonly totalIndexSize?: number
}

/** Codes of a server that has no such command, or no such stage of an aggregation. */
const NOT_KNOWN: ReadonlySet<number> = new Set([59, 238, 16_436, 40_324])

const PARTS = {
  entities: 'entities',
  documents: 'documents',
  log: 'log',
  history: 'history',
  totals: 'totals',
  state: 'other',
} as const satisfies Record<keyof TenantCollections, StorePartName>

/** Answers what the collections of a tenant take, as the server keeps count of it: nothing is looked through; of one that keeps none, nothing. */
export async function tenantParts(collections: TenantCollections): Promise<readonly StorePart[]> {
  try {
    return await partsOf(collections)
  } catch (error) {
    if (error instanceof MongoServerError && NOT_KNOWN.has(Number(error.code))) return []
    throw error
  }
}

async function partsOf(collections: TenantCollections): Promise<readonly StorePart[]> {
  const parts: StorePart[] = []
  let [indexes, free] = [0, 0]
  for (const [name, part] of Object.entries(PARTS)) {
    let bytes = 0
    let rows: number | undefined
    for (const stats of await statsOf(collections[name as keyof TenantCollections])) {
      // a key of a const object
      const { count, storageSize = 0, freeStorageSize = 0, totalIndexSize = 0 } = stats
      const unused = Math.min(freeStorageSize, storageSize) // some servers tell what is free of the whole database
      bytes += storageSize - unused
      if (count !== undefined) rows = (rows ?? 0) + count
      indexes += totalIndexSize
      free += unused
    }
    parts.push({ name: part, bytes, ...(rows !== undefined && { rows }) })
  }
  return [...parts, { name: 'indexes', bytes: indexes }, { name: 'free', bytes: free }]
}

/** Each shard tells of its part. */
async function statsOf(collection: Pick<Collection, 'aggregate'>): Promise<readonly StorageStats[]> {
  const stage = { $collStats: { storageStats: {} } }
  const found = await collection.aggregate<{ storageStats?: StorageStats }>([stage]).toArray()
  return found.map(({ storageStats = {} }) => storageStats)
}
