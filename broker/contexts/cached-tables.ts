import { LRUCache } from 'lru-cache'
import type { TermTable } from '../core/context/term-table.ts'
import type { JsonValue } from '../core/model/json.ts'
import type { Tenant } from '../core/model/tenant.ts'
import type { Micros } from '../core/model/time.ts'
import { hashOf } from './own-contexts.ts'

/** A term table, and until when it may be used without looking again. */
export interface BuiltTable {
  readonly table: TermTable
  readonly freshUntil: Micros
  /** Length of the resolved content. */
  readonly size: number
  /** Remote contexts that it was made of. */
  readonly urls: readonly string[]
  /** Some of it is hosted for one tenant: no other may use it. */
  readonly private: boolean
}

/** Builds a table; `old` is the one before. @throws Problem */
export type BuildTable = (source: JsonValue, tenant: Tenant, old?: TermTable) => Promise<BuiltTable>

/** Term tables that are ready to use. */
export interface CachedTables {
  /** Answers the same table while it is fresh, and builds each only once at a time. @throws Problem */
  get(source: JsonValue, tenant: Tenant): Promise<TermTable>
  /** Answers the table where it is ready and fresh. */
  known(source: JsonValue, tenant: Tenant): TermTable | undefined
  /** Forgets the tables that were made of this URL. */
  drop(url: string): void
  /** When a table that was made of this URL was last asked for. */
  lastUse(url: string): Micros | undefined
}

interface Entry extends BuiltTable {
  usedAt: Micros
}

const MAX_TABLES_SIZE = 33_554_432

/** Puts a cache in front of a builder: tables of public contexts are shared by all tenants. */
export function cachedTables(build: BuildTable, clock: () => Micros, max: number): CachedTables {
  const tables = new LRUCache<string, Entry>({ max, maxSize: MAX_TABLES_SIZE })
  const underWay = new Map<string, Promise<BuiltTable>>()
  let drops = 0

  const make = async (source: JsonValue, tenant: Tenant, keys: Keys): Promise<BuiltTable> => {
    const dropped = drops
    try {
      const old = tables.get(keys.shared) ?? tables.get(keys.own)
      const made = await build(source, tenant, old?.table)
      // what was dropped meanwhile may be inside
      if (dropped === drops) {
        const [key, other] = made.private ? [keys.own, keys.shared] : [keys.shared, keys.own]
        tables.set(key, { ...made, usedAt: clock() }, { size: made.size })
        tables.delete(other)
      }
      return made
    } finally {
      underWay.delete(keys.own)
    }
  }

  const fresh = (keys: Keys): TermTable | undefined => {
    const cached = tables.get(keys.shared) ?? tables.get(keys.own)
    const now = clock()
    if (!cached || cached.freshUntil <= now) return undefined
    cached.usedAt = now
    return cached.table
  }

  return {
    known: (source, tenant) => fresh(keysOf(source, tenant)),
    get: async (source, tenant) => {
      const keys = keysOf(source, tenant)
      const cached = fresh(keys)
      if (cached) return cached
      const running = underWay.get(keys.own) ?? make(source, tenant, keys)
      underWay.set(keys.own, running)
      return (await running).table
    },
    drop: (url) => {
      drops += 1
      underWay.clear()
      for (const [key, { urls }] of tables.entries()) if (urls.includes(url)) tables.delete(key)
    },
    lastUse: (url) => {
      const uses = [...tables.values()].filter(({ urls }) => urls.includes(url)).map(({ usedAt }) => usedAt)
      return uses.length === 0 ? undefined : Math.max(...uses)
    },
  }
}

interface Keys {
  readonly shared: string
  readonly own: string
}

function keysOf(source: JsonValue, tenant: Tenant): Keys {
  const shared = typeof source === 'string' ? source : hashOf(source)
  return { shared, own: `${tenant} ${shared}` }
}
