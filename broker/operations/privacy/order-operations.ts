import type { JsonObject } from '../../core/model/json.ts'
import type { Command } from '../command.ts'
import { dropOrders, findOrder, goneOrder, ordersOf } from './kept-orders.ts'
import { isOpen, shownOrder } from './person-order.ts'
import { type OrderDependencies, retryOrder } from './person-orders.ts'

/** Names one order. */
export interface OfOrder extends Command {
  readonly id: string
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
  (dependencies: OrderDependencies) =>
  async ({ caller, tenant, id, origin }: OfOrder): Promise<void> => {
    const { store, audit } = dependencies
    caller.check('delete', tenant, TARGET)
    const { order } = await findOrder(store, tenant, id)
    await dropOrders(dependencies, tenant, [goneOrder(dependencies, id, origin)])
    const { requestId } = origin
    const open = order.hubs.filter(({ state }) => state !== 'answered').map(({ hub }) => hub)
    await audit?.record({
      ...{ operation: 'privacy.orders.drop', outcome: 'done', by: caller, tenant },
      ...(requestId !== undefined && { requestId }),
      details: { order: id, what: order.what, openHubs: open },
    })
  }
