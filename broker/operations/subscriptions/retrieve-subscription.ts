import type { TermTable } from '../../core/context/term-table.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { encodeSubscription } from './encode-subscription.ts'
import { findSubscription, type OfSubscription } from './keep-subscription.ts'
import { seenSubscription } from './seen-subscription.ts'
import type { SubscriptionDependencies } from './subscription-dependencies.ts'

export interface RetrieveSubscription extends OfSubscription {
  readonly table: TermTable
  readonly sysAttrs: boolean
}

/** Retrieve Subscription (CIM 009 v1.9.1, 5.8.3): in the terms of the caller, without credentials. @throws Problem */
export const retrieveSubscription =
  (dependencies: SubscriptionDependencies) =>
  async ({ table, sysAttrs, ...command }: RetrieveSubscription): Promise<JsonObject> => {
    const { registry, clock, collection } = dependencies
    const stored = await findSubscription(dependencies, command, 'read')
    const state = await registry.state(command.tenant, command.id)
    const seen = seenSubscription(dependencies, command, stored)
    return encodeSubscription(seen, state, { table, sysAttrs, now: clock(), collection })
  }
