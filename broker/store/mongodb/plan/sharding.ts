import type { TenantCollections } from '../mongo-documents.ts'

/** What becomes of a collection on a sharded cluster, and why. */
export interface Sharding {
  /** Absent: it stays on one shard. */
  readonly key?: Readonly<Record<string, 'hashed'>>
  readonly why: string
}

/** Every write names the `_id` of its document, and no other member is unique but in the log. */
export const SHARDING: Readonly<Record<keyof TenantCollections, Sharding>> = {
  entities: {
    key: { _id: 'hashed' },
    why: 'an id is there once and belongs to one shard; types may grow without bound',
  },
  history: {
    key: { _id: 'hashed' },
    why: 'a place is written by its id; instances of one entity lie on all shards, so that none is full of a busy one',
  },
  totals: {
    key: { _id: 'hashed' },
    why: 'a day of an attribute is marked by its id, whatever shard its instances are on',
  },
  log: {
    why: 'its numbers follow each other and its second key is unique: what a tenant changes in a second is bound by one shard',
  },
  documents: { why: 'subscriptions, registrations and the like: few, and asked for in lists' },
  state: { why: 'the counter of versions: one document, taken from by each commit' },
}

/** Which requests ask one shard, and which ask all. */
export const REACH: readonly (readonly [requests: string, shards: 'one' | 'all'])[] = [
  ['an entity by its id; each write, its change record and its instances of history', 'one'],
  ['entities by a list of ids', 'one'],
  ['queries by type, attribute, value, place; counts; discovery', 'all'],
  ['history of an entity, its totals, and what retention removes of it', 'all'],
  ['what expires next, what waits for the log', 'all'],
  ['the log, the change feed, notifications, documents', 'one'],
]
