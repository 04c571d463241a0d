import type { Iri } from '../core/model/iri.ts'
import type { JsonObject } from '../core/model/json.ts'
import type { Micros } from '../core/model/time.ts'
import type { EntityQuery } from '../core/query/ast.ts'
import type { SourceTime } from '../core/query/parse-source-time.ts'
import type { RenderOptions } from '../core/view/render-options.ts'

/** What kind of change notifies (CIM 009 v1.9.1, 5.2.12); `entityUpdated` stands for the three of attributes. */
export type Trigger =
  | 'entityCreated'
  | 'entityDeleted'
  | 'attributeCreated'
  | 'attributeUpdated'
  | 'attributeDeleted'

/** A pair of receiverInfo or notifierInfo (CIM 009 v1.9.1, 5.2.22). */
export interface KeyValuePair {
  readonly key: string
  readonly value: string
}

/** Where notifications go (CIM 009 v1.9.1, 5.2.15), secrets included: never shown, never logged. */
export interface Endpoint {
  /** http, https, mqtt or mqtts; the last two may hold user and password. */
  readonly uri: string
  readonly accept: 'application/json' | 'application/ld+json' | 'application/geo+json'
  readonly timeoutMs?: number
  readonly cooldownMs?: number
  readonly receiverInfo: readonly KeyValuePair[]
  readonly notifierInfo: readonly KeyValuePair[]
}

/** What this hub adds to the standard: how a message is written, and how its receiver knows where it comes from. */
export interface DeliveryOptions {
  /** JSONata expression over the notification; what it answers is sent instead. */
  readonly template?: string
  /** Attribute or member of the notified entities → the name that it is sent under. */
  readonly rename?: Readonly<Record<string, string>>
  /** Key of the signature of HTTP messages, `whsec_` and base64 (Standard Webhooks). */
  readonly signingSecret?: string
  /** PEM texts of the certificate that the hub shows, its key, and the authorities that the receiver is trusted by. */
  readonly certificate?: string
  readonly certificateKey?: string
  readonly authorities?: string
}

/** How linked entities come along (CIM 009 v1.9.1, 4.5.23). */
export interface NotificationJoin {
  readonly mode: 'inline' | 'flat'
  readonly level: number
}

/** A subscription as the hub works with it: names expanded, queries parsed, secrets in clear. */
export interface Subscription {
  readonly id: string
  /** Keyed pseudonym of whoever made it: what it uses up is counted against that. */
  readonly owner: string
  /** Changes after this instant concern it: its creation, or when it was last made active. */
  readonly since: Micros
  readonly isActive: boolean
  readonly expiresAt?: Micros
  /** Selectors, q, geo, scope and csf. */
  readonly query: EntityQuery
  /** Of subscriptions to registrations: the time that sources are to know of (5.11.2.4). */
  readonly sourceTime?: SourceTime
  readonly watchedAttributes?: ReadonlySet<Iri>
  readonly triggers: ReadonlySet<Trigger>
  readonly timeInterval?: Micros
  readonly throttling?: Micros
  readonly endpoint: Endpoint
  readonly options: RenderOptions
  readonly showChanges: boolean
  readonly join?: NotificationJoin
  /**
   * What sources tell of an entity is put together with what others have of it before it is judged (5.8.6); absent: as the
   * hub is set.
   */
  readonly splitEntities?: boolean
  /** URL of the @context of its notifications; absent: the core. */
  readonly jsonldContext?: string
  readonly delivery: DeliveryOptions
  /** With whose rights it sees: what `Caller.delegation` answered when it was created or changed last. */
  readonly delegation: JsonObject
  /** From then on it has no rights any more. */
  readonly delegatedUntil: Micros
}
