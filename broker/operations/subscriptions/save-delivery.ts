import { Problem } from '../../core/model/problem.ts'
import type { DeliveryOptions } from '../../subscriptions/subscription.ts'
import { checkServed, checkTemplate, decodeDelivery } from './check-delivery.ts'
import {
  checkSubscriptionRight,
  isOwner,
  keepSubscription,
  type OfSubscription,
} from './keep-subscription.ts'
import { sealSubscription, secretsOf } from './seal-subscription.ts'
import type { SubscriptionDependencies } from './subscription-dependencies.ts'

export interface SaveDelivery extends OfSubscription {
  readonly options: DeliveryOptions
}

/** Says anew how the notifications of a subscription are delivered; what is not said is as the standard has it. @throws Problem */
export const saveDelivery =
  (dependencies: SubscriptionDependencies) =>
  async ({ options, ...command }: SaveDelivery): Promise<void> => {
    const { caller, tenant, id } = command
    caller.check('update', tenant, { resource: 'subscription', id })
    await checkTemplate(options)
    await keepSubscription(dependencies, command, (stored, now) => {
      const current = checkSubscriptionRight(command, 'update', stored)
      if (!isOwner(caller, current))
        throw new Problem('Forbidden', 'Only the owner of a subscription may change how it is delivered')
      const kept = secretsOf(current, command, dependencies)
      const delivery = decodeDelivery(options, kept.delivery)
      checkServed(delivery, { uri: kept.uri, tenant }, dependencies)
      const next = { ...current, modifiedAt: now }
      return sealSubscription(dependencies, command, { next, secrets: { ...kept, delivery }, now })
    })
  }
