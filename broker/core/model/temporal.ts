import type { Entity, Instance } from './entity.ts'
import { type Iri, NGSI_LD } from './iri.ts'
import type { Micros } from './time.ts'

/**
 * An instance in the history of an attribute (CIM 009 v1.9.1, 4.5.7, 4.5.8 and 5.2.5). Of a deletion: its value is
 * NGSI-LD Null (`nullOf` in core/view/told.ts) and `deletedAt` says when.
 */
export interface TemporalInstance extends Instance {
  readonly instanceId: string
  readonly deletedAt?: Micros
}

/** Expanded name → any number of instances, in whatever order; several may have one datasetId. */
export type TemporalAttributes = Readonly<Record<Iri, readonly TemporalInstance[]>>

/**
 * What of an entity's evolution is at hand (4.5.6, 5.2.20): an Entity whose attributes have any number of instances, so
 * that views, masks and matching work on it. Its scopes are those that it has now; their history is the attribute `SCOPE`.
 */
export interface TemporalEntity extends Entity {
  readonly deletedAt?: Micros
  readonly attributes: TemporalAttributes
}

/**
 * The name of an entity's scopes where attributes are meant: in an UpdateResult, and in history, where they are Property
 * instances whose value is the list of scopes (4.5.6).
 */
export const SCOPE: Iri = `${NGSI_LD}scope`

/** Temporal properties that a temporal query can be about (4.8, 5.2.21). */
export const TIME_PROPERTIES = ['observedAt', 'createdAt', 'modifiedAt', 'deletedAt'] as const
export type TimeProperty = (typeof TIME_PROPERTIES)[number]

/** timerel with its instants (4.11): `from` is inclusive, `to` exclusive; absent: open. */
export interface TimeWindow {
  readonly property: TimeProperty
  readonly from?: Micros
  readonly to?: Micros
}

/** Answers the time at which an instance counts, by a property or, without one, when it was observed, else written. */
export function timeOf(instance: TemporalInstance, property: TimeProperty | undefined): Micros | undefined {
  return property ? instance[property] : (instance.observedAt ?? instance.deletedAt ?? instance.modifiedAt)
}
