import { randomUUID } from 'node:crypto'
import { createSeal } from '../../security/seal.ts'
import type { Config } from '../config.ts'
import type { ContextService } from '../contexts/context-service.ts'
import { DAY, type Micros } from '../core/model/time.ts'
import type { Registry } from '../federation/registry/registry.ts'
import type { Route } from '../http/route.ts'
import { deliveryRoutes } from '../http/routes/delivery-routes.ts'
import { subscriptionRoutes } from '../http/routes/subscription-routes.ts'
import { createSubscription } from '../operations/subscriptions/create-subscription.ts'
import {
  deleteDeadLetters,
  listDeadLetters,
  replayDeadLetters,
} from '../operations/subscriptions/dead-letters.ts'
import { deleteSubscription } from '../operations/subscriptions/delete-subscription.ts'
import { queryDeliveries } from '../operations/subscriptions/query-deliveries.ts'
import { querySubscriptions } from '../operations/subscriptions/query-subscriptions.ts'
import { retrieveDelivery } from '../operations/subscriptions/retrieve-delivery.ts'
import { retrieveSubscription } from '../operations/subscriptions/retrieve-subscription.ts'
import { saveDelivery } from '../operations/subscriptions/save-delivery.ts'
import type { SubscriptionDependencies } from '../operations/subscriptions/subscription-dependencies.ts'
import { testDelivery } from '../operations/subscriptions/test-delivery.ts'
import { updateSubscription } from '../operations/subscriptions/update-subscription.ts'
import type { Store } from '../store/port/store.ts'
import { SUBSCRIPTION_SEAL } from '../subscriptions/read-subscription.ts'
import type { SubscriptionCollection } from '../subscriptions/stored-subscription.ts'
import type { Subscriptions } from '../subscriptions/subscriptions.ts'

/** The parts that subscriptions are made of. */
export interface SubscriptionParts {
  readonly store: Store
  readonly clock: () => Micros
  readonly contexts: ContextService
  readonly secret: Uint8Array
  readonly registry: Subscriptions
  readonly registrationSubscriptions: Subscriptions
  readonly sources: Registry
}

/** Puts the operations on subscriptions, to entities and to registrations, and their routes together. */
export function assembleSubscriptions(config: Config, parts: SubscriptionParts): readonly Route[] {
  const { registry, registrationSubscriptions } = parts
  return [
    ...routesOf('subscription', config, { ...parts, registry }),
    ...routesOf('registrationSubscription', config, { ...parts, registry: registrationSubscriptions }),
  ]
}

/** Answers what deletes subscriptions of both kinds, by the collections that they are in. */
export function subscriptionRemovers(
  config: Config,
  parts: SubscriptionParts,
): Readonly<Record<SubscriptionCollection, ReturnType<typeof deleteSubscription>>> {
  const { registry, registrationSubscriptions } = parts
  const collection = 'registrationSubscription'
  return {
    subscription: deleteSubscription(dependenciesOf('subscription', config, { ...parts, registry })),
    [collection]: deleteSubscription(
      dependenciesOf(collection, config, { ...parts, registry: registrationSubscriptions }),
    ),
  }
}

function dependenciesOf(
  collection: SubscriptionCollection,
  { limits, subscriptions, auth, name: alias }: Config,
  { store, clock, contexts, secret, registry, sources }: SubscriptionParts,
): SubscriptionDependencies {
  return {
    ...{ store, collection, clock, contexts, registry, sources, alias },
    seal: createSeal(secret, SUBSCRIPTION_SEAL),
    newId: (attempt) => `urn:ngsi-ld:Subscription:${attempt ?? randomUUID()}`,
    // without access control everybody is the same caller
    ...(auth.mode !== 'off' && { maxCallerSubscriptions: limits.callerSubscriptions }),
    plainHttp: subscriptions.plainHttp || auth.mode === 'off',
    delegationLifetime: subscriptions.delegationDays * DAY,
  }
}

function routesOf(
  collection: SubscriptionCollection,
  config: Config,
  parts: SubscriptionParts,
): readonly Route[] {
  const { limits } = config
  const { secret } = parts
  const dependencies = dependenciesOf(collection, config, parts)
  const operations = {
    createSubscription: createSubscription(dependencies),
    updateSubscription: updateSubscription(dependencies),
    retrieveSubscription: retrieveSubscription(dependencies),
    querySubscriptions: querySubscriptions(dependencies),
    deleteSubscription: deleteSubscription(dependencies),
    queryDeliveries: queryDeliveries(dependencies),
    retrieveDelivery: retrieveDelivery(dependencies),
    saveDelivery: saveDelivery(dependencies),
    testDelivery: testDelivery(dependencies),
    listDeadLetters: listDeadLetters(dependencies),
    deleteDeadLetters: deleteDeadLetters(dependencies),
    replayDeadLetters: replayDeadLetters(dependencies),
  }
  const page = { standard: limits.page, most: limits.maxPage }
  const routes = subscriptionRoutes(operations, collection, page)
  if (collection !== 'subscription') return routes
  return [...routes, ...deliveryRoutes(operations, { seal: createSeal(secret, 'cursor'), limits: page })]
}
