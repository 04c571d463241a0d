import type { JsonObject } from '../../core/model/json.ts'
import type { Command } from '../command.ts'
import { findOrder, ordersOf } from './kept-orders.ts'
import { isOpen, ORDER, shownOrder } from './person-order.ts'
import { type OrderDependencies, retryOrder } from './person-orders.ts'

/** Names one order. */
export interface OfOrder extends Command {
  readonly id: string
}

/** How many orders a hub has not carried out, and since when. */
export interface OpenAtHub {
  readonly hub: string
  readonly state: string
  readonly count: number
}

const TARGET = { resource: 'privacy' } as const

/** Answers what other hubs were ordered to do, with what is still open and since when. @throws Problem Forbidden */
export const listOrders =
  ({ store }: Pick<OrderDependencies, 'store'>) =>
  async ({
    caller,
    tenant,
    state,
  }: Command & { readonly state?: 'open' | 'done' }): Promise<readonly JsonObject[]> => {
    caller.check('read', tenant, TARGET)
    const orders: JsonObject[] = []
    for await (const { order } of ordersOf(store, tenant))
      if (state === undefined || isOpen(order) === (state === 'open')) orders.push(shownOrder(order))
    return orders
  }

/** Answers one order. @throws Problem ResourceNotFound */
export const readOrder =
  ({ store }: Pick<OrderDependencies, 'store'>) =>
  async ({ caller, tenant, id }: OfOrder): Promise<JsonObject> => {
    caller.check('read', tenant, TARGET)
    return shownOrder((await findOrder(store, tenant, id)).order)
  }

/** Asks the hubs that are left at once, and answers the order as it is then. @throws Problem ResourceNotFound */
export const carryOutOrder =
  (dependencies: OrderDependencies) =>
  async ({ caller, tenant, id }: OfOrder): Promise<JsonObject> => {
    caller.check('update', tenant, TARGET)
    return shownOrder(await retryOrder(dependencies, { tenant, id }))
  }

/** Asks no hub any more; that somebody decided so is on record. @throws Problem ResourceNotFound */
export const dropOrder =
  ({ store, clock, audit }: OrderDependencies) =>
  async ({ caller, tenant, id, origin }: OfOrder): Promise<void> => {
    caller.check('delete', tenant, TARGET)
    const { order } = await findOrder(store, tenant, id)
    await store.commit(tenant, [
      { collection: 'privacy', id: `${ORDER}${id}`, at: clock(), origin, logged: false },
    ])
    const { requestId } = origin
    const open = order.hubs.filter(({ state }) => state !== 'answered').map(({ hub }) => hub)
    await audit?.record({
      ...{ operation: 'privacy.orders.drop', outcome: 'done', by: caller, tenant },
      ...(requestId !== undefined && { requestId }),
      details: { order: id, what: order.what, openHubs: open },
    })
  }

/** Counts what is open by hub, and says since when the oldest is. */
export async function countOrders({ store }: Pick<OrderDependencies, 'store'>): Promise<{
  readonly open: readonly OpenAtHub[]
  readonly oldest?: number
}> {
  const counts = new Map<string, OpenAtHub>()
  let oldest: number | undefined
  for (const tenant of await store.tenants())
    for await (const { order } of ordersOf(store, tenant))
      for (const { hub, state } of order.hubs) {
        if (state === 'answered') continue
        const key = JSON.stringify([hub, state])
        counts.set(key, { hub, state, count: (counts.get(key)?.count ?? 0) + 1 })
        oldest = Math.min(oldest ?? order.at, order.at)
      }
  return { open: [...counts.values()], ...(oldest !== undefined && { oldest }) }
}
