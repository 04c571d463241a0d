import type { Seal } from '../../../security/seal.ts'
import type { ContextService } from '../../contexts/context-service.ts'
import type { Caller } from '../../core/model/caller.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Micros } from '../../core/model/time.ts'
import type { SourceDependencies } from '../../federation/forward/source-connection.ts'
import type { Registry } from '../../federation/registry/registry.ts'
import type { Store } from '../../store/port/store.ts'
import type { RegistrationSecrets } from '../registrations/registration-secrets.ts'

/** What the planting of subscriptions at sources works with. */
export interface PlantingDependencies extends SourceDependencies {
  readonly store: Store
  readonly registry: Pick<Registry, 'candidates' | 'all'>
  readonly registrationSecrets: RegistrationSecrets
  readonly contexts: Pick<ContextService, 'core' | 'resolve'>
  /** Opens kept subscriptions. */
  readonly subscriptionSeal: Seal
  /** Closes what copies keep, and the addresses that sources notify. */
  readonly seal: Seal
  /** A caller with the rights that are left of a delegation; undefined: none are. */
  readonly delegate: (delegation: JsonObject) => Caller | undefined
  /** Where others reach this hub, without a slash at the end. */
  readonly url: string
  /** Single entities are in parts at several hubs, where a subscription does not say. */
  readonly splitEntities: boolean
  /** How often copies are renewed. */
  readonly renewal: Micros
  readonly failed: (err: unknown, text: string) => void
}
