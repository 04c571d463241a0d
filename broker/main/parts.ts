import type { LRUCache } from 'lru-cache'
import type { Logger } from 'pino'
import type { Registry as MetricsRegistry } from 'prom-client'
import type { Ontology } from '../../ontology/ontology.ts'
import type { Audit } from '../../security/audit/audit.ts'
import type { Egress } from '../../security/egress/egress.ts'
import type { GuardOptions } from '../../security/egress/guard.ts'
import type { IdentityProvider } from '../../security/identity/identity-provider.ts'
import type { DeclaredUses } from '../../security/privacy/feed-uses.ts'
import type { ContextService } from '../contexts/context-service.ts'
import type { GeometryEngine } from '../core/geo/engine.ts'
import type { Caller } from '../core/model/caller.ts'
import type { JsonObject } from '../core/model/json.ts'
import type { Tenant } from '../core/model/tenant.ts'
import type { Micros } from '../core/model/time.ts'
import type { Distribution } from '../federation/distribute/distribution.ts'
import type { Federation } from '../federation/federation.ts'
import type { SourceDependencies } from '../federation/forward/source-connection.ts'
import type { Aliases } from '../federation/learn-aliases.ts'
import type { SourceStates } from '../federation/states/source-states.ts'
import type { CachedPage } from '../operations/entities/cached-page.ts'
import type { Fragment } from '../operations/entities/read-dependencies.ts'
import type { RunningFeeds } from '../operations/feeds/running-feeds.ts'
import type { PoliciesInForce } from '../operations/policies/policies-in-force.ts'
import type { RegistrationSecrets } from '../operations/registrations/registration-secrets.ts'
import type { RevokeDependencies } from '../operations/tokens/revoke-tokens.ts'
import type { RoleView } from '../operations/views/view-entity-by-role.ts'
import type { Processes } from '../store/port/processes.ts'
import type { Store } from '../store/port/store.ts'
import type { ApiDocument } from './api-document.ts'
import type { KnownPlaces } from './places.ts'
import type { WatchedRegistry } from './planting.ts'
import type { PrivacyParts } from './privacy.ts'
import type { ConfiguredQuotas } from './quotas.ts'

/** The parts that operations are made of. */
export interface Parts extends RevokeDependencies {
  readonly store: Store
  readonly processes: Processes
  /** Told that another process makes the notifications now. */
  readonly overtaken: () => void
  readonly clock: () => Micros
  readonly engine: GeometryEngine
  readonly contexts: ContextService
  readonly federation: Federation
  readonly distribution: Distribution
  readonly registry: WatchedRegistry
  /** What every call of a source needs. */
  readonly sources: SourceDependencies
  readonly quotas: Pick<ConfiguredQuotas, 'of'>
  /** The hub itself. */
  readonly local: Caller
  readonly aliases: Aliases
  readonly registrationSecrets: RegistrationSecrets
  readonly states: SourceStates
  readonly fragments: LRUCache<string, Fragment>
  readonly pages: LRUCache<string, CachedPage>
  /** Forgets every answer that is kept in memory, whole or in parts. */
  readonly forgetAnswers: () => void
  readonly secret: Uint8Array
  readonly url: string
  readonly apiDocument: ApiDocument
  /** How the configured accounts and the public see a tenant's entities. */
  readonly roleViews: (tenant: Tenant) => readonly RoleView[]
  readonly policies: PoliciesInForce
  /** What feeds declare of the use of their data. */
  readonly uses: DeclaredUses
  /** The built-in identity provider, where it runs. */
  readonly provider: IdentityProvider | undefined
  /** The feeds of this process, once they run. */
  readonly feeds: () => RunningFeeds | undefined
  readonly egress: Egress
  readonly ontology: Pick<Ontology, 'contextUrl' | 'personalData' | 'retention' | 'vocabulary'>
  readonly places: KnownPlaces
  readonly privacyRules: PrivacyParts['privacyRules']
  readonly restricted: PrivacyParts['restricted']
  /** Where notifications may go. */
  readonly guard: GuardOptions
  /** A caller with the rights that are left of a delegation; undefined: none are. */
  readonly delegate: (delegation: JsonObject) => Caller | undefined
  readonly log: Logger
  readonly metrics: MetricsRegistry
  /** Who has to know of what is shown and done; absent: nobody. */
  readonly audit?: Audit
  /** Told of what went wrong in the background. */
  readonly failed: (err: unknown, text: string) => void
}
