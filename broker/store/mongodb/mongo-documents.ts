import type { Collection, Db } from 'mongodb'
import { DEFAULT_TENANT, hiddenTenant, isHidden, parseTenant, type Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { Held } from '../port/moved-store.ts'

/** What entities and other documents have in common; without `text` it is a tombstone. */
export interface Kept {
  readonly _id: string
  /** Of the text. */
  readonly version: number
  /** Version of the last write, which may have left the text alone. */
  readonly written: number
  /** Canonical JSON: no name that a user chose is ever a field. */
  readonly text?: string
  /** Change records as JSON that are not in the log yet. */
  readonly changes: string[]
  /** There are such. */
  readonly pending?: true
}

/** What queries find an entity by, as name and value together: a scalar of an attribute, where it lies, a scope. */
export interface KeptValue {
  readonly n: string
  readonly v: number | string
}

/** A document without an entity has none of the members by which entities are found. */
export interface KeptEntity extends Kept {
  /** What these members say, and how: `LAYOUT`; absent: as it was before there was one. */
  readonly layout?: number
  /** The version at creation: pages follow it. */
  readonly place?: number
  readonly types?: readonly string[]
  readonly attributes?: readonly string[]
  readonly values?: readonly KeptValue[]
  /** Stands for types, attributes and their kinds: for counting. */
  readonly shape?: string
  /** When the first part of the entity expires; absent: never. */
  readonly validUntil?: Micros
  /** Types by which its evolution is found: what it is, was last, and was provisioned as; absent: it has none. */
  readonly evolvedTypes?: readonly string[]
  /** Once it is deleted: the text that it had last, and since when. */
  readonly last?: string
  readonly deletedAt?: Micros
  /** What was erased of its past while its state still had it, as JSON of a list of `Erasure`. */
  readonly erased?: string
  /** Some instance moved in its history and took its id along. */
  readonly moved?: true
  /** What was provisioned of its evolution, as JSON of a `Provisioned`. */
  readonly provisioned?: string
}

export interface KeptDocument extends Kept {
  readonly collection: string
  readonly id: string
  readonly expires?: Micros
}

export interface KeptRecord {
  readonly _id: number
  /** Collection, id and version: a record is in the log once. */
  readonly key: string
  readonly text: string
}

/**
 * A place in the history of an entity. What was deleted leaves a place without an instance, and without anything that
 * tells what it was, so that nobody who is late brings it back.
 */
export interface KeptPlace {
  /** The instanceId that belongs to the place. */
  readonly _id: string
  /** Of the change that wrote it: an earlier one does not write any more. */
  readonly version: number
  readonly instance?: KeptInstance
  /** The instanceId of what is here, where it is another: what moves keeps its own. */
  readonly name?: string
  /** Since when it is empty. */
  readonly gone?: Micros
}

export interface KeptInstance {
  readonly entity: string
  readonly attribute: string
  /** '': the default instance. */
  readonly dataset: string
  /** observedAt, else modifiedAt. */
  readonly time: Micros
  readonly createdAt: Micros
  readonly modifiedAt: Micros
  readonly observedAt?: Micros
  readonly deletedAt?: Micros
  /** Canonical JSON text of the Instance. */
  readonly text: string
}

/**
 * A day of UTC of an attribute of an entity, of which numbers are summed up once it is over. What it does not tell, and
 * what there is no such document of, the instances tell.
 */
export interface KeptDay {
  /** Sorts by entity, attribute and day: `dayKey`. */
  readonly _id: string
  readonly entity: string
  readonly attribute: string
  /** Another one whenever something of the day may have changed. */
  readonly mark: string
  /** Its number, as long as it is to be summed up. */
  readonly due?: number
  /** As JSON: what each datasetId comes to on it. */
  readonly sums?: string
  /** As JSON: the same of each hour in which there is something. */
  readonly hours?: string
  /** Something of it was observed at no time: no sum tells of that. */
  readonly timeless?: true
}

export interface KeptNumber {
  readonly _id: string
  readonly value: number
  /** Of the counter of versions: why no version is given. */
  readonly held?: Held
}

/** The collections of one tenant. */
export interface TenantCollections {
  readonly entities: Collection<KeptEntity>
  readonly documents: Collection<KeptDocument>
  readonly log: Collection<KeptRecord>
  readonly history: Collection<KeptPlace>
  readonly totals: Collection<KeptDay>
  readonly state: Collection<KeptNumber>
}

/** No read of a request keeps the server busy for longer. */
export const READING = { maxTimeMS: 30_000 } as const

/** Answers the collections of a tenant: their names start with its name. */
export function tenantCollections(database: Db, tenant: Tenant): TenantCollections {
  const named = `${isHidden(tenant) ? 'snapshot' : 'tenant'}-${tenant}`
  const prefix = tenant === DEFAULT_TENANT ? 'default' : named
  return {
    entities: database.collection(`${prefix}.entity`),
    documents: database.collection(`${prefix}.document`),
    log: database.collection(`${prefix}.log`),
    history: database.collection(`${prefix}.history`),
    totals: database.collection(`${prefix}.totals`),
    state: database.collection(`${prefix}.state`),
  }
}

const OF_HIDDEN = /^snapshot-([^~]+)~([A-Za-z0-9_.-]*)\.[a-z]+$/

/** Answers the hidden tenants of which there is a collection: also what is left of one, and what was brought back of it. */
export async function hiddenWithCollections(database: Db): Promise<readonly Tenant[]> {
  const there = await database.listCollections({ name: /^snapshot-/ }, { nameOnly: true }).toArray()
  const tenants = there.flatMap(({ name }) => {
    const [, key, of] = OF_HIDDEN.exec(name) ?? []
    return key === undefined ? [] : [hiddenTenant(parseTenant(of), key)]
  })
  return [...new Set(tenants)]
}
