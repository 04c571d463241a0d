import type { View } from '../view/view.ts'
import type { Entity } from './entity.ts'
import type { Iri } from './iri.ts'
import type { JsonObject } from './json.ts'
import type { Tenant } from './tenant.ts'
import type { Micros } from './time.ts'

/** What a caller wants to do. */
export type Action = 'read' | 'create' | 'update' | 'delete'

/** What it wants to do it to. Entities are judged with their types, ids, scopes; the others as a whole. */
export interface Target {
  readonly resource:
    | 'entity'
    | 'registration'
    | 'subscription'
    | 'context'
    | 'feed'
    | 'quarantine'
    | 'policy'
    | 'federation'
    | 'snapshot'
    | 'explanation'
    | 'store'
    | 'audit'
    | 'privacy'
    | 'identity'
    | 'revocation'
    | 'unit'
  readonly id?: string
  /** Of subscriptions: the caller created it. Absent: it may be so. */
  readonly own?: boolean
  readonly types?: readonly Iri[]
  readonly scopes?: readonly string[]
  /** The entity itself, as it is or shall be, for rules that look at its content. */
  readonly entity?: Entity
  /** Attributes that a write touches. */
  readonly attributes?: readonly Iri[]
  /** Nobody asks again when more is known: what the target leaves open has to be permitted whatever it turns out to be. */
  readonly final?: true
}

/** What a record of what a caller did says of it besides its key and roles: of its part, not of the person. */
export interface CallerIdentity {
  readonly client?: string
  readonly organisation?: string
  readonly city?: string
  readonly purpose?: string
  /** How surely it is known who it is, 0 to 3. */
  readonly assurance?: number
  /** Key of the hub that asks on its behalf. */
  readonly hub?: string
}

/** How often somebody may ask: so many requests at once, and as many again in each of so many seconds. */
export interface RequestRate {
  /** Tells it from the others that hold for the same caller. */
  readonly id: string
  /** Who says so: the configuration of each caller or of the tenant, or a policy. */
  readonly kind: 'caller' | 'policy' | 'tenant'
  readonly requests: number
  readonly seconds: number
}

/** Who asks, with what they may do: compiled once per (policy generation, claims). */
export interface Caller {
  /** Keyed pseudonym of the subject: fit for the change log and the access log. */
  readonly key: string
  /** Short name of the account or client for its owner to see; never logged. */
  readonly name: string
  readonly anonymous: boolean
  readonly roles: readonly string[]
  /** What its token says of it, for its owner to see; never logged. Absent: there is no access control. */
  readonly claims?: JsonObject
  /** For the audit log; absent: what it does is not recorded. */
  readonly identity?: CallerIdentity
  /** When the token ends that says who it is; absent: there is none, or it does not end. */
  readonly validUntil?: Micros
  /** Which of the purposes of its token is in force, for the federation to hand on with it; absent: it carries none. */
  readonly purpose?: string
  /** Who says who it is; absent: nobody. */
  readonly issuer?: string
  /** How sure its issuer is who it is, 0 to 3; absent: it does not say. */
  readonly assurance?: number
  /** Rates that it is held to in a tenant, each of them; absent: to none, as parts of the hub itself. */
  readonly rates?: (tenant: Tenant) => readonly RequestRate[]
  /** Tells whether its token was revoked since; absent: it has none that could be. */
  readonly isRevoked?: () => boolean
  /** The access token as it came, for the federation to hand on; absent for anonymous and internal callers. */
  readonly token?: string
  /**
   * What has to be kept to act with this caller's rights later, when it is gone: who it is, by the claims of its token,
   * and until when. Personal data: sealed where it is kept, never shown.
   */
  delegation(): JsonObject
  /** What this caller sees of the tenant's entities. */
  view(tenant: Tenant): View
  /** @throws Problem Unauthorized (anonymous), Forbidden, or ResourceNotFound where existence itself is protected */
  check(action: Action, tenant: Tenant, target: Target): void
}
