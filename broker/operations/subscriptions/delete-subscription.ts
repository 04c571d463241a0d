import { checkSubscriptionRight, keepSubscription, type OfSubscription } from './keep-subscription.ts'
import type { SubscriptionDependencies } from './subscription-dependencies.ts'

/** Delete Subscription (CIM 009 v1.9.1, 5.8.5): nothing is sent for it any more. @throws Problem */
export const deleteSubscription =
  (dependencies: SubscriptionDependencies) =>
  async (command: OfSubscription): Promise<void> => {
    const { caller, tenant, id } = command
    caller.check('delete', tenant, { resource: 'subscription', id })
    await keepSubscription(dependencies, command, (stored) => {
      checkSubscriptionRight(command, 'delete', stored)
      return undefined
    })
  }
