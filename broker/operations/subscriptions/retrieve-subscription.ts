import type { TermTable } from '../../core/context/term-table.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { storedSubscription } from '../../subscriptions/read-subscription.ts'
import { encodeSubscription } from './encode-subscription.ts'
import { checkSubscriptionRight, type OfSubscription } from './keep-subscription.ts'
import type { SubscriptionDependencies } from './subscription-dependencies.ts'

export interface RetrieveSubscription extends OfSubscription {
  readonly table: TermTable
  readonly sysAttrs: boolean
}

/** Retrieve Subscription (CIM 009 v1.9.1, 5.8.3): in the terms of the caller, without credentials. @throws Problem */
export const retrieveSubscription =
  ({ store, registry, clock }: SubscriptionDependencies) =>
  async ({ table, sysAttrs, ...command }: RetrieveSubscription): Promise<JsonObject> => {
    const { caller, tenant, id } = command
    caller.check('read', tenant, { resource: 'subscription', id })
    const found = await store.document(tenant, 'subscription', id)
    const stored = checkSubscriptionRight(command, 'read', found && storedSubscription(found.document))
    return encodeSubscription(stored, registry.state(tenant, id), { table, sysAttrs, now: clock() })
  }
