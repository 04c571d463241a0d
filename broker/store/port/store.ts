import type { Collection, Decision, EntityChange, LogRecord, Origin } from '../../core/model/change.ts'
import type { AttributeKind, Entity, Instance } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { EntityQuery } from '../../core/query/ast.ts'
import type { PeriodTotal } from '../../core/temporal/aggregate-totals.ts'
import type {
  AggregateQuery,
  CondensedSeries,
  EvolutionHead,
  EvolutionQuery,
  EvolutionUnit,
  InstanceQuery,
  SameInstances,
  TimeRange,
} from './evolution.ts'
import type { StoreSize } from './store-size.ts'

/** An entity as the store keeps it. */
export interface StoredEntity {
  readonly id: string
  /** Grows with every commit of the tenant: (id, version) names this content for ever. Never reused. */
  readonly version: number
  /** Canonical JSON text of the Entity (core/model). */
  readonly text: string
}

/** A row of a page; `place` goes on behind it when given as `QueryPlan.after`. */
export interface PlacedEntity extends StoredEntity {
  readonly place: string
}

/** A document of another collection. */
export interface StoredDocument {
  readonly id: string
  readonly version: number
  readonly document: JsonObject
}

/**
 * A query as a store may answer it. The pure evaluator is the judge: a store returns every entity that the query
 * matches and may return more. Expired entities may be returned too.
 */
export interface QueryPlan {
  readonly query: EntityQuery
  /** At most so many rows. */
  readonly limit: number
  /** Where the page before ended (`Page.next`). */
  readonly after?: string
  /** Rows to pass over before the first; only obeyed when the translation is exact (`Page.exact`). */
  readonly offset?: number
  /** Count all matches too; only answered when exact. */
  readonly count?: boolean
  /** At most so many rows may be looked at. @throws Problem TooComplexQuery */
  readonly maxRows: number
}

/** Part of an answer, in an order that stays the same from page to page while nothing is written. */
export interface Page {
  readonly rows: readonly PlacedEntity[]
  /** Opaque place to go on from; absent when nothing follows. */
  readonly next?: string
  /**
   * The translation was exact: every row matches, `offset` was obeyed and `count` is right. Never so while the tenant
   * holds something that has expired and is not reaped yet, since a row may have expired in part.
   */
  readonly exact: boolean
  /** What the candidates were taken from, in the store's own words; no data. */
  readonly driver?: string
  /** An exact answer is one until then, when the next part of some entity expires; absent: nothing does. */
  readonly validUntil?: Micros
  readonly count?: number
}

/** One thing to keep or delete, together with why. */
export type Unit = EntityUnit | DocumentUnit | EvolutionUnit

export interface EntityUnit {
  readonly collection: 'entity'
  readonly id: string
  /**
   * Version that the decision was made on; 0: the entity was absent. `previous`: what the unit before it of the same
   * entity in this commit left; when that one was not kept, neither is this one.
   */
  readonly expectedVersion: number | 'previous'
  /** What the decision was made on, as it is stored: a store writes what differs only. Absent: nothing was there. */
  readonly before?: Entity
  /** What to keep; absent: delete. */
  readonly next?: Entity
  readonly change: EntityChange
  readonly origin: Origin
}

export interface DocumentUnit {
  readonly collection: Exclude<Collection, 'entity' | 'evolution'>
  readonly id: string
  /** 0: must be absent; absent: whatever is there. */
  readonly expectedVersion?: number
  readonly next?: JsonObject
  readonly at: Micros
  readonly origin: Origin
  /** When the document stops being readable; reaped later. */
  readonly expiresAt?: Micros
  /** false for documents that keep secrets or are bookkeeping: they leave no trace in the log. Default true. */
  readonly logged?: boolean
  /**
   * Records that the log has of this document, which from now on tell no more than that it changed, when and by whom; what
   * they told goes from the files as what is erased of entities does. A unit that has them does nothing else; with none, what
   * the document itself was goes from the files.
   */
  readonly forgets?: readonly ForgottenRecord[]
}

/** What of a record of a document is to be forgotten. */
export interface ForgottenRecord {
  readonly sequence: number
  readonly before?: true
  readonly after?: true
}

/**
 * kept: with its new version, or 0 where there was nothing to do; `created`: an append made the evolution; `same`: what of
 * an append was there already; `erased`: so many instances are gone from history. conflict: another version is there (0:
 * none); full: the tenant has as many as it may; nothing of this unit was done.
 */
export type UnitResult =
  | {
      readonly outcome: 'kept'
      readonly version: number
      readonly created?: true
      readonly same?: SameInstances
      readonly erased?: number
    }
  | { readonly outcome: 'conflict'; readonly version: number }
  | { readonly outcome: 'full'; readonly version: 0; readonly most: number }

/**
 * Where a hub keeps its state. Every implementation promises:
 * - `commit` answers when the units are durable (embedded: after fsync; MongoDB: w majority, j true); state, log record
 *   and history instances of a unit are kept together or not at all; units are independent of each other, in order.
 * - a `read`, `document` or `query` that starts after a `commit` answered sees it.
 * - a tenant that was never created answers reads with nothing and `commit` with Problem NonexistentTenant (a hidden
 *   one: ResourceNotFound); the default tenant always exists.
 * - a deletion of history that is too large for one step goes on in steps, with the commits of others between them, and is
 *   finished after a crash; it is answered when nothing of it is left.
 * - a full disk is Problem InsufficientStorage and leaves reads working.
 */
export interface Store {
  read(tenant: Tenant, id: string): Promise<StoredEntity | undefined>
  /** Answers in the order of the ids, with gaps left out. */
  readMany(tenant: Tenant, ids: readonly string[]): Promise<readonly StoredEntity[]>
  query(tenant: Tenant, plan: QueryPlan): Promise<Page>
  commit(tenant: Tenant, units: readonly Unit[]): Promise<readonly UnitResult[]>
  /** Answers once every commit of this process that began before is kept or refused. */
  settled(tenant: Tenant): Promise<void>
  /**
   * Names the state of the tenant's entities, or of those of these types, that a read starting now sees: as long as the
   * answer stays the same, so does what `read`, `readMany`, `query` and `counters` answer; every commit that keeps a
   * unit changes it, for good, before it is answered. undefined: the store cannot tell without asking, and nothing follows.
   * Without types the same holds for `evolutions`, `instances` and `aggregates`.
   */
  generation(tenant: Tenant, types?: readonly Iri[]): number | undefined
  /**
   * Names the history of an entity, and who has it, as a read starting now sees them: another one after every commit that
   * keeps a unit of this id, and after whatever else changes what is told of it. undefined: as for `generation`.
   */
  historyGeneration(tenant: Tenant, id: string): number | undefined
  /** Version of the entity that a read starting now answers; undefined: the store cannot tell without asking. */
  version(tenant: Tenant, id: string): number | undefined
  /**
   * Tells of every commit of this process that the log may have grown by, before it is answered and in the order of the
   * log. What other processes commit is told of within seconds, where this one has joined them (`Processes`). The answer ends it.
   */
  watch(listener: (growth: LogGrowth) => void): () => void
  /** Where the log ends: what was committed before is not after this sequence, all that comes later is. */
  logEnd(tenant: Tenant): Promise<number>
  /** Records after this sequence, oldest first. */
  log(tenant: Tenant, after: number, limit: number): Promise<readonly LogRecord[]>
  /** Who has a history: heads ascending by id. */
  evolutions(tenant: Tenant, query: EvolutionQuery): Promise<readonly EvolutionHead[]>
  /** Instances attribute by attribute, each in the order asked for; a deletion has a text too. */
  instances(tenant: Tenant, id: string, query: InstanceQuery): Promise<readonly HistoryInstance[]>
  /**
   * Of which attributes totals tell what no instance does any more, of hours or days that begin within the range: their
   * instances were kept no longer.
   */
  condensed(tenant: Tenant, id: string, range: TimeRange): Promise<readonly CondensedSeries[]>
  /**
   * Totals of plain numbers of each of these entities by period and datasetId, without reading every instance; undefined:
   * something there is no plain number or the store keeps no totals, so that only the instances can tell.
   */
  aggregates(
    tenant: Tenant,
    ids: readonly string[],
    query: AggregateQuery,
  ): Promise<readonly (readonly PeriodTotal[] | undefined)[]>
  document(
    tenant: Tenant,
    collection: DocumentUnit['collection'],
    id: string,
  ): Promise<StoredDocument | undefined>
  /** Documents in the order of their ids, after this one. */
  documents(
    tenant: Tenant,
    collection: DocumentUnit['collection'],
    page: { readonly after?: string; readonly limit: number },
  ): Promise<readonly StoredDocument[]>
  /** Tenants that requests can name; hidden ones are not among them. */
  tenants(): Promise<readonly Tenant[]>
  /**
   * Creates the tenant if it is not there; never a hidden one, which may have been dropped while it was in use.
   * @throws Problem TooManyRequests when the quota is used up, ResourceNotFound for a hidden one
   */
  createTenant(tenant: Tenant): Promise<void>
  hiddenTenants(): Promise<readonly Tenant[]>
  /** Creates a hidden tenant; these have a quota of their own. @throws Problem TooManyRequests when it is used up */
  createHidden(tenant: Tenant): Promise<void>
  /** Deletes a hidden tenant with all that it holds, if it is there: nothing of it can be read or written any more. */
  dropHidden(tenant: Tenant): Promise<void>
  /** Types and attributes with at least one entity, with how many: from counters, never a scan. */
  counters(tenant: Tenant): Promise<Counters>
  /**
   * What the tenant takes on disk, as it was measured last, for no request waits for that; undefined: not yet, or there is
   * no such tenant.
   */
  size(tenant: Tenant): Promise<StoreSize | undefined>
  /**
   * Finishes now what was erased of a tenant, so that neither log nor files of the store hold it, but for what an entity
   * still is. false: old pages are left, since somebody reads from them; they go later by themselves.
   */
  finishErasing(tenant: Tenant): Promise<boolean>
  /** Entities of which something has expired at this instant and that are still there, at most so many. */
  expired(tenant: Tenant, now: Micros, limit: number): Promise<readonly string[]>
  close(): Promise<void>
}

/** What a commit added to the log of a tenant. */
export interface LogGrowth {
  readonly tenant: Tenant
  /** What came behind all that was told of before, oldest first; absent: only the log itself can tell. */
  readonly records?: readonly LogRecord[]
}

/** One instance in history. Its id derives from entity, attribute, datasetId and observedAt (else modifiedAt). */
export interface HistoryInstance {
  readonly instanceId: string
  readonly attribute: string
  readonly datasetId?: string
  readonly observedAt?: Micros
  readonly modifiedAt: Micros
  readonly deletedAt?: Micros
  /** Canonical JSON text of the Instance (core/model); of a deletion: its value is NGSI-LD Null. */
  readonly text?: string
  /** What the text says, where the store knows it without: then the text is only written when it is read. */
  readonly instance?: Instance
}

export interface Counters {
  readonly types: ReadonlyMap<string, number>
  /** Attribute → type → entities of that type which have it. */
  readonly attributes: ReadonlyMap<string, ReadonlyMap<string, number>>
  /** Attribute → type → kinds of which an entity of that type has an instance. */
  readonly kinds: ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<AttributeKind>>>
  /** Attribute → its instances, in whatever entities. */
  readonly instances: ReadonlyMap<string, number>
}

/** What is counted where there is nothing. */
export const NO_COUNTERS: Counters = {
  types: new Map(),
  attributes: new Map(),
  kinds: new Map(),
  instances: new Map(),
}

/** A pure decision on what is there: may run again after a conflict. @throws Problem */
export type Decide = (current: Entity | undefined) => Decision
