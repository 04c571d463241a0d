import type { TermTable } from '../../core/context/term-table.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Command } from '../command.ts'
import { encodeSubscription } from './encode-subscription.ts'
import { type FoundSubscriptions, findSubscriptions, type SubscriptionPage } from './find-subscriptions.ts'
import { seenSubscription } from './seen-subscription.ts'
import type { SubscriptionDependencies } from './subscription-dependencies.ts'

export interface QuerySubscriptions extends Command, SubscriptionPage {
  readonly table: TermTable
  readonly sysAttrs: boolean
}

export interface QueriedSubscriptions extends Omit<FoundSubscriptions, 'subscriptions'> {
  readonly subscriptions: readonly JsonObject[]
}

/** Query Subscriptions (CIM 009 v1.9.1, 5.8.4): one page of those that the caller may read. @throws Problem */
export const querySubscriptions =
  (dependencies: SubscriptionDependencies) =>
  async ({ table, sysAttrs, ...command }: QuerySubscriptions): Promise<QueriedSubscriptions> => {
    const { caller, tenant } = command
    caller.check('read', tenant, { resource: 'subscription' })
    const found = await findSubscriptions(dependencies, command, command)
    const { clock, collection } = dependencies
    const view = { table, sysAttrs, now: clock(), collection }
    return {
      ...found,
      subscriptions: await Promise.all(
        found.subscriptions.map(async (stored) =>
          encodeSubscription(
            seenSubscription(dependencies, command, stored),
            await dependencies.registry.state(tenant, stored.id),
            view,
          ),
        ),
      ),
    }
  }
