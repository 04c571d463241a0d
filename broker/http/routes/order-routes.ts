import { invalidRequest } from '../../core/model/problem.ts'
import type {
  carryOutOrder,
  dropOrder,
  listOrders,
  OfOrder,
  readOrder,
} from '../../operations/privacy/order-operations.ts'
import { who } from '../decode/who.ts'
import type { HubRequest, Route } from '../route.ts'

/** The operations behind orders to other hubs. */
export interface OrderOperations {
  readonly listOrders: ReturnType<typeof listOrders>
  readonly readOrder: ReturnType<typeof readOrder>
  readonly carryOutOrder: ReturnType<typeof carryOutOrder>
  readonly dropOrder: ReturnType<typeof dropOrder>
}

const ORDERS = '/hub/v1/privacy/orders'

/** Routes of `/hub/v1/privacy/orders`: what other hubs have to do for persons. Ours, not the standard's. */
export function orderRoutes(operations: OrderOperations): readonly Route[] {
  const produces = ['application/json'] as const
  return [
    {
      method: 'GET',
      path: ORDERS,
      body: 'none',
      parameters: ['state'],
      produces,
      handle: async (request) => {
        const state = request.query.get('state')
        if (state !== null && state !== 'open' && state !== 'done')
          throw invalidRequest('Parameter state is neither open nor done')
        const orders = await operations.listOrders({ ...who(request), ...(state !== null && { state }) })
        return { status: 200, body: { orders } }
      },
    },
    {
      method: 'GET',
      path: `${ORDERS}/:id`,
      body: 'none',
      produces,
      handle: async (request) => ({ status: 200, body: await operations.readOrder(ofOrder(request)) }),
    },
    {
      method: 'POST',
      path: `${ORDERS}/:id/retry`,
      body: 'none',
      produces,
      handle: async (request) => ({ status: 200, body: await operations.carryOutOrder(ofOrder(request)) }),
    },
    {
      method: 'DELETE',
      path: `${ORDERS}/:id`,
      body: 'none',
      produces,
      handle: async (request) => {
        await operations.dropOrder(ofOrder(request))
        return { status: 204 }
      },
    },
  ]
}

function ofOrder(request: HubRequest): OfOrder {
  return { ...who(request), id: request.params.id ?? '' }
}
