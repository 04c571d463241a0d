import type { QNode } from '../../core/query/ast.ts'
import { matchMembers } from '../member-query.ts'
import { encodeDelivery } from './encode-delivery.ts'
import { findSubscriptions } from './find-subscriptions.ts'
import type { QueriedSubscriptions, QuerySubscriptions } from './query-subscriptions.ts'
import type { SubscriptionDependencies } from './subscription-dependencies.ts'
import { SUBSCRIPTION_MEMBERS } from './subscription-schema.ts'

/** Members that a list of deliveries may be narrowed by, besides those of the system. */
export const DELIVERY_MEMBERS: readonly string[] = [...SUBSCRIPTION_MEMBERS, 'status', 'delivery']

export interface QueryDeliveries extends QuerySubscriptions {
  /** On members of what is answered, parsed with `parseMemberQuery`. */
  readonly q?: QNode
}

/** Lists subscriptions that the caller may read with how they are delivered, narrowed by any member. @throws Problem */
export const queryDeliveries =
  (dependencies: SubscriptionDependencies) =>
  async ({ table, sysAttrs, q, ...command }: QueryDeliveries): Promise<QueriedSubscriptions> => {
    command.caller.check('read', command.tenant, { resource: 'subscription' })
    const { clock, collection } = dependencies
    const view = { table, sysAttrs, now: clock(), collection }
    const found = await findSubscriptions(dependencies, command, command, async (stored) => {
      if (!q) return true
      return matchMembers(
        q,
        await encodeDelivery(dependencies, command, { stored, view: { ...view, sysAttrs: true } }),
      )
    })
    return {
      ...found,
      subscriptions: await Promise.all(
        found.subscriptions.map((stored) => encodeDelivery(dependencies, command, { stored, view })),
      ),
    }
  }
