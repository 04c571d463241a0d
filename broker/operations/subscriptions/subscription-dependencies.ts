import type { Seal } from '../../../security/seal.ts'
import type { ContextService } from '../../contexts/context-service.ts'
import type { Micros } from '../../core/model/time.ts'
import type { Registry } from '../../federation/registry/registry.ts'
import type { Store } from '../../store/port/store.ts'
import type { SubscriptionCollection } from '../../subscriptions/stored-subscription.ts'
import type { Subscriptions } from '../../subscriptions/subscriptions.ts'

/** What the operations on subscriptions work with. */
export interface SubscriptionDependencies {
  readonly store: Store
  /** Where they are kept: those to entities, or those to registrations (CIM 009 v1.9.1, 5.11). */
  readonly collection: SubscriptionCollection
  readonly contexts: ContextService
  /** Subscriptions at work, and what became of their notifications. */
  readonly registry: Pick<
    Subscriptions,
    'prepare' | 'apply' | 'state' | 'count' | 'countOf' | 'test' | 'deadLetters' | 'replay'
  >
  /** Other brokers that the hub federates. */
  readonly sources: Pick<Registry, 'all'>
  /** Keeps credentials and delegations from whoever reads the store. */
  readonly seal: Seal
  readonly clock: () => Micros
  /** This hub's pseudonym in `Via`. */
  readonly alias: string
  /** Answers a new URI for a subscription that came without one; of one attempt always the same. */
  readonly newId: (attempt?: string) => string
  /** Most subscriptions of a caller; absent: nobody can tell callers apart. */
  readonly maxCallerSubscriptions?: number
  /** What subscribers are told may be read on the way. */
  readonly plainHttp: boolean
  /** How long a subscription has the rights of its owner after it was changed last. */
  readonly delegationLifetime: Micros
}
