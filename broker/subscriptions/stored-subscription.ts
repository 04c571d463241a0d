import type { Collection } from '../core/model/change.ts'
import type { JsonObject } from '../core/model/json.ts'
import type { Micros } from '../core/model/time.ts'
import type { EntitySelector, GeoQuery, Projection, QNode, ScopeNode } from '../core/query/ast.ts'
import type { SourceTime } from '../core/query/parse-source-time.ts'
import type { DeliveryOptions, KeyValuePair } from './subscription.ts'

/** Where subscriptions are kept, by what they are about. */
export type SubscriptionCollection = Extract<Collection, 'subscription' | 'registrationSubscription'>

/** A projection (CIM 009 v1.9.1, 4.21) as JSON. */
export type StoredProjection = {
  readonly members: readonly string[]
  readonly attributes: readonly (readonly [attribute: string, nested: StoredProjection | null])[]
}

/** What the texts of a subscription say, by the member that says it: no @context is needed to read it again. */
export type ParsedMembers = {
  readonly entities?: readonly EntitySelector[]
  readonly q?: QNode
  readonly geoQ?: GeoQuery
  readonly scopeQ?: ScopeNode
  readonly csf?: QNode
  readonly temporalQ?: SourceTime
  readonly notification?: { readonly pick?: StoredProjection; readonly omit?: StoredProjection }
}

/** What nobody reads again: it is sealed inside the document. */
export type SubscriptionSecrets = {
  readonly uri: string
  readonly receiverInfo: readonly KeyValuePair[]
  readonly notifierInfo: readonly KeyValuePair[]
  readonly delivery: DeliveryOptions
  readonly delegation: JsonObject
}

/** A subscription as it is kept. A type, not an interface, so that it is JSON as it stands. */
export type StoredSubscription = {
  readonly id: string
  /** `Caller.key` of its creator. */
  readonly owner: string
  readonly createdAt: Micros
  readonly modifiedAt: Micros
  readonly since: Micros
  readonly delegatedUntil: Micros
  /** Members of the standard (CIM 009 v1.9.1, 5.2.12) as everybody may read them: names expanded, credentials hidden. */
  readonly members: JsonObject
  readonly parsed: ParsedMembers
  /** The hubs that it came through (`Via`): it is planted at none of them again. */
  readonly via?: string
  /** The @context was not asked for: it is that of the request that created it. */
  readonly defaultContext?: true
  /** SubscriptionSecrets. */
  readonly sealed: string
}

/** Writes a projection as JSON. */
export function storedProjection({ members, attributes }: Projection): StoredProjection {
  return {
    members: [...members],
    attributes: [...attributes].map(
      ([name, nested]) => [name, nested ? storedProjection(nested) : null] as const,
    ),
  }
}

/** Reads back what `storedProjection` wrote. */
export function readProjection({ members, attributes }: StoredProjection): Projection {
  return {
    members: new Set(members) as unknown as Projection['members'], // written from one
    attributes: new Map(
      attributes.map(([name, nested]) => [name, nested ? readProjection(nested) : undefined]),
    ),
  }
}
