import type { JsonObject } from '../../core/model/json.ts'
import { encodeAttempt, encodeDelivery } from './encode-delivery.ts'
import { findSubscription } from './keep-subscription.ts'
import type { RetrieveSubscription } from './retrieve-subscription.ts'
import type { SubscriptionDependencies } from './subscription-dependencies.ts'

/** Answers a subscription with how it is delivered, and what became of the last attempts. @throws Problem */
export const retrieveDelivery =
  (dependencies: SubscriptionDependencies) =>
  async ({ table, sysAttrs, ...command }: RetrieveSubscription): Promise<JsonObject> => {
    const stored = await findSubscription(dependencies, command, 'read')
    const { clock, collection } = dependencies
    const view = { table, sysAttrs, now: clock(), collection }
    const { delivery, ...members } = await encodeDelivery(dependencies, command, { stored, view })
    const { attempts } = await dependencies.registry.state(command.tenant, command.id)
    return { ...members, delivery: { ...delivery, attempts: attempts.map(encodeAttempt) } }
  }
