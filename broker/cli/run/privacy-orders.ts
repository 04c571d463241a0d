import type { JsonObject } from '../../core/model/json.ts'
import { CommandFailure } from '../command-failure.ts'
import { askHub, type HubOptions } from './ask-hub.ts'

/** What is done with orders. */
export interface OrderOptions extends HubOptions {
  readonly state?: string
  readonly retry?: boolean
  readonly drop?: boolean
}

const ORDERS = '/hub/v1/privacy/orders'
/** A hub looks through all that it ever kept. */
const PATIENCE_MS = 600_000

/** Prints orders to other hubs, one JSON object a line; one alone may be tried at once, or dropped. @throws CommandFailure */
export async function showOrders(
  id: string | undefined,
  { state, retry = false, drop = false, ...hub }: OrderOptions,
): Promise<void> {
  if (id === undefined) {
    if (retry || drop) throw new CommandFailure('Command is given no id of an order', 2)
    const { body } = await askHub(hub, { path: state === undefined ? ORDERS : `${ORDERS}?state=${state}` })
    const { orders } = (await body.json()) as { readonly orders: readonly JsonObject[] } // as the hub says
    for (const order of orders) print(order)
    return
  }
  const path = `${ORDERS}/${encodeURIComponent(id)}`
  if (drop) {
    await askHub(hub, { method: 'DELETE', path })
    return
  }
  const { body } = retry
    ? await askHub(hub, { method: 'POST', path: `${path}/retry`, patienceMs: PATIENCE_MS })
    : await askHub(hub, { path })
  print((await body.json()) as JsonObject) // as the hub says
}

function print(order: JsonObject): void {
  process.stdout.write(`${JSON.stringify(order)}\n`)
}
