import type { Entity, Instance } from './entity.ts'
import type { Iri } from './iri.ts'
import type { JsonObject } from './json.ts'
import type { Micros } from './time.ts'

/**
 * What kinds of things a tenant's store keeps: `entity` is the indexed one, `evolution` the history of entities where it
 * is changed by itself, the others are plain documents.
 */
export type Collection =
  | 'entity'
  | 'evolution'
  | 'registration'
  | 'subscription'
  | 'context'
  | 'policy'
  | 'feed'
  | 'quarantine'
  | 'identity'
  | 'idempotency'
  | 'snapshot'
  | 'entityMap'
  | 'delivery'
  | 'deadLetter'
  | 'registrationSubscription'
  | 'indicator'
  | 'planted'
  | 'sourceNotice'
  | 'auditKey'
  | 'privacy'
  | 'unclassified'
  | 'retention'
  | 'sealing'
  | 'exchange'

/** What happened to one instance of one attribute. */
export interface AttributeChange {
  readonly attribute: Iri
  readonly datasetId?: string
  readonly action: 'created' | 'updated' | 'deleted'
  /** The instance before; absent when created. */
  readonly before?: Instance
  /** The instance after; absent when deleted. */
  readonly after?: Instance
  /** `after` is older than the current instance: history takes it, the state keeps `before`. */
  readonly late?: true
}

/** What a decision changes about an entity: computed once, used by the store, history and everything behind the log. */
export interface EntityChange {
  readonly action: 'created' | 'updated' | 'deleted'
  readonly at: Micros
  readonly attributes: readonly AttributeChange[]
  /** Those that history keeps; absent: all. */
  readonly recorded?: readonly AttributeChange[]
  /** Types, scopes or expiry of the entity itself changed. */
  readonly members: boolean
}

/** Who caused a change: a keyed pseudonym of the subject and the request it came with; never personal data. */
export interface Origin {
  readonly by: string
  readonly requestId?: string
}

/** What a pure decision answers: keep `next` (undefined: delete) because of `change`; no change, nothing to keep. */
export interface Decision {
  readonly next?: Entity
  readonly change?: EntityChange
  /** Expanded names that the operation applied, and those that it did not, for an UpdateResult (5.2.18). */
  readonly updated?: readonly Iri[]
  readonly notUpdated?: readonly NotUpdated[]
}

/** An attribute that was left as it was, and why (CIM 009 v1.9.1, 5.2.19). */
export interface NotUpdated {
  readonly attribute: Iri
  readonly reason: string
}

/** One record of a tenant's change log. */
export interface LogRecord {
  /** Strictly increasing within the tenant; gaps are allowed. */
  readonly sequence: number
  readonly collection: Collection
  readonly id: string
  readonly action: 'created' | 'updated' | 'deleted'
  readonly at: Micros
  readonly origin: Origin
  /** The thing before and after; absent where there was none, and for documents that keep secrets. */
  readonly before?: Entity | JsonObject
  readonly after?: Entity | JsonObject
  /** For entities: what changed inside. */
  readonly attributes?: readonly AttributeChange[]
}
