import type { Attempt } from '../../subscriptions/deliver/message.ts'
import { findSubscription, type OfSubscription } from './keep-subscription.ts'
import type { SubscriptionDependencies } from './subscription-dependencies.ts'

/** Sends one notification as a trial, past all queues, and answers what became of it. @throws Problem */
export const testDelivery =
  (dependencies: SubscriptionDependencies) =>
  async (command: OfSubscription): Promise<Attempt> => {
    await findSubscription(dependencies, command, 'update')
    return dependencies.registry.test(command.tenant, command.id)
  }
