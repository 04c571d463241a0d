import type { LogRecord } from '../../core/model/change.ts'
import type { Iri } from '../../core/model/iri.ts'
import { Problem } from '../../core/model/problem.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { EvolutionHead, InstanceQuery } from './evolution.ts'
import type { Erasure } from './past-selection.ts'
import type { DocumentUnit, HistoryInstance } from './store.ts'

/** Why a tenant takes no writes: it is, or was, moved away; or not all of it has arrived yet. */
export type Held = 'given' | 'receiving'

/** An entity, with what is known of its past besides instances and log. */
export interface MovedEntity {
  readonly id: string
  /** What pages follow; of what is no entity now, what its history belongs to. */
  readonly place: number
  /** A number of its tenant that names its last state. */
  readonly version: number
  /** Canonical text of the entity as it is; absent: there is none now. */
  readonly text?: string
  /** It has a history. */
  readonly evolved: boolean
  readonly provisioned?: Provisioned
  /** Since when it is gone, and the canonical text that it had last, without what was erased of it. */
  readonly deleted?: { readonly at: Micros; readonly text?: string }
  /** What was erased of its past while its state still has it; their versions are numbers of the log. */
  readonly erased?: readonly Erasure[]
}

/** What was provisioned of an evolution besides its instances. */
export type Provisioned = Omit<EvolutionHead, 'id' | 'deletedAt' | 'state'>

/** A document of any collection. */
export interface MovedDocument {
  readonly collection: DocumentUnit['collection']
  readonly id: string
  readonly version: number
  readonly text: string
  readonly expiresAt?: Micros
}

/** What comes behind one key and not behind another; without these from the first, up to the last. */
export interface KeyRange<Key> {
  readonly after?: Key | undefined
  readonly to?: Key | undefined
}

/** A part of the history of an entity: of one attribute, from an instant on and before another; absent: all. */
export interface HistoryStretch {
  readonly attribute?: Iri
  readonly from?: Micros
  readonly to?: Micros
}

/**
 * A store as a hub is moved from it, and to it: all that it keeps, as it is kept, whatever is sealed. No view, no tenant and no
 * expiry is between, so it is for commands beside the store alone, and never for what answers requests.
 */
export interface MovedStore {
  /** All of them, hidden ones too. */
  tenants(): Promise<readonly Tenant[]>
  createTenant(tenant: Tenant): Promise<void>
  /** Deletes a hidden tenant with all that was taken of it. */
  dropHidden(tenant: Tenant): Promise<void>
  held(tenant: Tenant): Promise<Held | undefined>
  /** From when this answers on the tenant takes no write, or takes them again. */
  hold(tenant: Tenant, held: Held | undefined): Promise<void>
  /** Resolves when writes that were begun before tenants were held have come to an end. */
  waitForWriters(): Promise<void>
  /**
   * Another look at a tenant begins: nothing that was read before counts. Answers a number that no version of it, and no number
   * of its log, is behind.
   */
  begin(tenant: Tenant): Promise<number>
  /** Tells whether nothing is on its way between parts of the tenant, such as an erasure that is not finished. */
  isSettled(tenant: Tenant): Promise<boolean>
  log(tenant: Tenant, after: number, limit: number): Promise<readonly LogRecord[]>
  /** By id. */
  entities(tenant: Tenant, after: string, limit: number): Promise<readonly MovedEntity[]>
  instances(tenant: Tenant, id: string, query: InstanceQuery): Promise<readonly HistoryInstance[]>
  /** How many series totals alone tell something of. */
  condensedSeries(tenant: Tenant): Promise<number>
  /** By `documentKey`; without those that expire by then. */
  documents(tenant: Tenant, after: string, limit: number, by: Micros): Promise<readonly MovedDocument[]>
  /** Versions and the log go on behind this number. */
  takeNumber(tenant: Tenant, number: number): Promise<void>
  /** Has these records in a range, and no others. */
  takeLog(tenant: Tenant, range: KeyRange<number>, records: readonly LogRecord[]): Promise<void>
  /** Has these entities in a range, and no others, nor a history of others; their log has to be there. */
  takeEntities(tenant: Tenant, range: KeyRange<string>, entities: readonly MovedEntity[]): Promise<void>
  /** Has these instances in a stretch of the history of an entity that is there, and no others. */
  takeInstances(
    tenant: Tenant,
    entity: Pick<MovedEntity, 'id' | 'place'>,
    stretch: HistoryStretch,
    instances: readonly HistoryInstance[],
  ): Promise<void>
  takeDocuments(tenant: Tenant, range: KeyRange<string>, documents: readonly MovedDocument[]): Promise<void>
  /** Makes what was taken of a tenant ready for a hub, and durable. */
  finish(tenant: Tenant): Promise<void>
  close(): Promise<void>
}

/** Answers where a document is among those of all collections. */
export function documentKey(collection: string, id: string): string {
  return `${collection} ${id}`
}

/** Answers collection and id of what is at such a place. */
export function keyParts(key: string): readonly [collection: string, id: string] {
  const end = key.indexOf(' ')
  return end < 0 ? [key, ''] : [key.slice(0, end), key.slice(end + 1)]
}

/** Answers the time of the place of an instance. */
export function timeOf({ deletedAt, observedAt, modifiedAt }: HistoryInstance): Micros {
  return deletedAt ?? observedAt ?? modifiedAt
}

/** What a write to a store that is held is answered with. */
export function heldProblem(): Problem {
  const text = 'Store takes no writes: it is being moved to another one, or was'
  return new Problem('ServiceUnavailable', text, { headers: { 'Retry-After': '10' } })
}
