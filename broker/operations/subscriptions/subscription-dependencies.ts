import type { Seal } from '../../../security/seal.ts'
import type { ContextService } from '../../contexts/context-service.ts'
import type { Micros } from '../../core/model/time.ts'
import type { Store } from '../../store/port/store.ts'
import type { SubscriptionRegistry } from '../../subscriptions/subscription-registry.ts'

/** What the operations on subscriptions work with. */
export interface SubscriptionDependencies {
  readonly store: Store
  readonly contexts: ContextService
  readonly registry: SubscriptionRegistry
  /** Keeps credentials and delegations from whoever reads the store. */
  readonly seal: Seal
  readonly clock: () => Micros
  /** Answers a new URI for a subscription that came without one; of one attempt always the same. */
  readonly newId: (attempt?: string) => string
  /** Most subscriptions of a tenant. */
  readonly maxSubscriptions: number
  /** How long a subscription has the rights of its owner after it was changed last. */
  readonly delegationLifetime: Micros
}
