import { randomUUID } from 'node:crypto'
import { createSeal } from '../../security/seal.ts'
import type { Config } from '../config.ts'
import type { ContextService } from '../contexts/context-service.ts'
import type { Micros } from '../core/model/time.ts'
import type { Route } from '../http/route.ts'
import { subscriptionRoutes } from '../http/routes/subscription-routes.ts'
import { createSubscription } from '../operations/subscriptions/create-subscription.ts'
import { deleteSubscription } from '../operations/subscriptions/delete-subscription.ts'
import { querySubscriptions } from '../operations/subscriptions/query-subscriptions.ts'
import { retrieveSubscription } from '../operations/subscriptions/retrieve-subscription.ts'
import type { SubscriptionDependencies } from '../operations/subscriptions/subscription-dependencies.ts'
import { updateSubscription } from '../operations/subscriptions/update-subscription.ts'
import type { Store } from '../store/port/store.ts'
import { SUBSCRIPTION_SEAL } from '../subscriptions/read-subscription.ts'
import type { SubscriptionRegistry } from '../subscriptions/subscription-registry.ts'

/** The parts that subscriptions are made of. */
export interface SubscriptionParts {
  readonly store: Store
  readonly clock: () => Micros
  readonly contexts: ContextService
  readonly secret: Uint8Array
  readonly registry: SubscriptionRegistry
}

const DAY: Micros = 86_400_000_000

/** Puts the operations on subscriptions and their routes together. */
export function assembleSubscriptions(
  { limits, subscriptions }: Config,
  { store, clock, contexts, secret, registry }: SubscriptionParts,
): readonly Route[] {
  const dependencies: SubscriptionDependencies = {
    ...{ store, clock, contexts, registry },
    seal: createSeal(secret, SUBSCRIPTION_SEAL),
    newId: (attempt) => `urn:ngsi-ld:Subscription:${attempt ?? randomUUID()}`,
    maxSubscriptions: limits.subscriptions,
    delegationLifetime: subscriptions.delegationDays * DAY,
  }
  return subscriptionRoutes(
    {
      createSubscription: createSubscription(dependencies),
      updateSubscription: updateSubscription(dependencies),
      retrieveSubscription: retrieveSubscription(dependencies),
      querySubscriptions: querySubscriptions(dependencies),
      deleteSubscription: deleteSubscription(dependencies),
    },
    { standard: limits.page, most: limits.maxPage },
  )
}
