import { Problem } from '../../core/model/problem.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import { formatDateTime } from '../../core/model/time.ts'
import type { PeerAnswer } from './ask-hubs.ts'
import { dropOrders, goneOrder, type KeptOrder, keepOrder, ORDER_ORIGIN } from './kept-orders.ts'
import { completionOf } from './order-completion.ts'
import { afterAnswers, isOpen, type PersonOrder } from './person-order.ts'
import type { OrderDependencies } from './person-orders.ts'

/** Takes down what hubs answered to an order, and proves its completion; answers whether hubs are left, and the order is still there. */
export async function settleOrder(
  dependencies: OrderDependencies,
  { tenant, version, order }: KeptOrder,
  answers: readonly PeerAnswer[],
): Promise<boolean> {
  const next = afterAnswers(order, answers, dependencies.clock())
  if (isOpen(next)) {
    const left = await keepOrder(dependencies, { tenant, version, order: next })
    if (order.attempts > 0 && openHubs(next).length < openHubs(order).length)
      await noted(dependencies, tenant, next)
    return left !== undefined
  }
  if (order.attempts === 0) {
    await dropOrders(dependencies, tenant, [goneOrder(dependencies, order.id, ORDER_ORIGIN, version)])
    return false
  }
  const { sealed: _, ...rest } = next
  const completion = order.what === 'erase' ? completionOf(dependencies, rest) : undefined
  const done: PersonOrder = { ...rest, ...(completion && { completion }) }
  const kept = await keepOrder(dependencies, { tenant, version, order: done })
  // somebody dropped it meanwhile, or gave another one
  if (kept !== undefined) await completed(dependencies, tenant, done)
  return false
}

async function completed(dependencies: OrderDependencies, tenant: Tenant, order: PersonOrder): Promise<void> {
  const { audit, keepReport } = dependencies
  const { completion, what, id } = order
  if (completion) {
    const name = String(completion.id)
    await keepReport(name.slice(name.lastIndexOf(':') + 1), completion)
  }
  await audit?.record({
    operation: `privacy.${what}.complete`,
    outcome: 'done',
    tenant,
    details: { order: id, attempts: order.attempts, ...(completion && { report: String(completion.id) }) },
  })
  await noted(dependencies, tenant, order)
}

/** A request of the register that is gone needs no note. */
async function noted(
  { noteOutcome, clock }: OrderDependencies,
  tenant: Tenant,
  order: PersonOrder,
): Promise<void> {
  const { request, what, by, report, completion } = order
  if (request === undefined) return
  const done = {
    what,
    at: formatDateTime(clock()),
    by,
    ...(report !== undefined && { report }),
    ...(completion && { completion: String(completion.id) }),
    openHubs: openHubs(order),
  }
  await noteOutcome({ tenant, origin: ORDER_ORIGIN, id: request }, done).catch((error: unknown) => {
    if (!(error instanceof Problem && error.code === 'ResourceNotFound')) throw error
  })
}

function openHubs({ hubs }: PersonOrder): readonly string[] {
  return hubs.filter(({ state }) => state !== 'answered').map(({ hub }) => hub)
}
