import type { ContextService } from '../contexts/context-service.ts'
import type { Recurring } from '../store/port/recurring.ts'
import type { Store } from '../store/port/store.ts'
import type { AssembledFederation } from './federation.ts'
import { type MirrorDependencies, mirrorDocuments } from './mirror-documents.ts'
import type { AssembledPlanting } from './planting.ts'
import type { SubscriptionEngine } from './subscription-engine.ts'

/** Where what other processes keep is known here. */
export interface MirrorParts
  extends MirrorDependencies,
    Pick<AssembledFederation, 'registry' | 'registrationSecrets' | 'states' | 'aliases'> {
  readonly store: Store
  readonly contexts: Pick<ContextService, 'drop' | 'urlOf'>
  readonly subscriptions: Pick<SubscriptionEngine, 'shared'>
  readonly planting: Pick<AssembledPlanting, 'subscriptionChanged'>
}

/** Keeps registrations, subscriptions and contexts of this process in step with what other processes keep. */
export function mirrorOthers({
  registry,
  registrationSecrets,
  states,
  aliases,
  contexts,
  subscriptions,
  planting,
  ...mirrored
}: MirrorParts): Recurring {
  const [shared, sharedRegistrations] = subscriptions.shared
  return mirrorDocuments(mirrored, {
    registration: async (tenant, id) => {
      const found = await mirrored.store.document(tenant, 'registration', id)
      const registration = found && registrationSecrets.read(found.document, tenant)
      const version = found?.version ?? Number.POSITIVE_INFINITY
      registry.apply(tenant, { id, version, ...(registration && { registration }) })
      if (registration) aliases.learn(tenant, registration)
      else states.forget(tenant, id)
    },
    subscription: async (tenant, id, sequence) => {
      await shared?.learn(tenant, id, sequence)
      planting.subscriptionChanged(tenant, id)
    },
    registrationSubscription: async (tenant, id, sequence) =>
      sharedRegistrations?.learn(tenant, id, sequence),
    context: async (_, id) => contexts.drop(contexts.urlOf(id)),
  })
}
