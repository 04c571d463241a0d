import type { Origin } from '../../core/model/change.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { Problem } from '../../core/model/problem.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import { DAY, type Micros } from '../../core/model/time.ts'
import type { DocumentUnit, Store } from '../../store/port/store.ts'
import { walkDocuments } from '../../store/port/walk-documents.ts'
import { isOpen, ORDER, type PersonOrder } from './person-order.ts'

/** An order as it was read, with the version to change it by. */
export interface KeptOrder {
  readonly tenant: Tenant
  readonly version: number
  readonly order: PersonOrder
}

/** Where orders are kept. */
const ORDERS = 'privacy'
/** Who carries orders on. */
export const ORDER_ORIGIN = { by: 'hub' }
/** What is done can be looked at for so long. */
const SHOWN: Micros = 30 * DAY

/** Answers one order. @throws Problem ResourceNotFound */
export async function findOrder(
  store: Pick<Store, 'document'>,
  tenant: Tenant,
  id: string,
): Promise<KeptOrder> {
  const stored = /^[0-9a-f-]{36}$/.test(id)
    ? await store.document(tenant, ORDERS, `${ORDER}${id}`)
    : undefined
  if (!stored) throw new Problem('ResourceNotFound', 'Order does not exist')
  return { tenant, version: stored.version, order: readOrder(stored.document) }
}

/** Answers the orders of a tenant, whatever became of them. */
export async function* ordersOf(store: Pick<Store, 'documents'>, tenant: Tenant): AsyncGenerator<KeptOrder> {
  for await (const { document, version } of walkDocuments(store, tenant, ORDERS, ORDER))
    yield { tenant, version, order: readOrder(document) }
}

/** What orders are kept with. */
export interface OrderKeeping {
  readonly store: Pick<Store, 'commit'>
  readonly clock: () => Micros
  /** Is told of what changes. */
  readonly openOrders: { changed(): void }
}

/** Answers the version that it has now; undefined: somebody came before. What goes for it goes with it, and not before. */
export async function keepOrder(
  { store, clock, openOrders }: OrderKeeping,
  { tenant, version, order }: KeptOrder,
  gone: readonly DocumentUnit[] = [],
): Promise<number | undefined> {
  const at = clock()
  const unit: DocumentUnit = {
    collection: ORDERS,
    id: `${ORDER}${order.id}`,
    expectedVersion: version,
    next: { ...order, hubs: order.hubs.map((hub): JsonObject => ({ ...hub })) },
    at,
    origin: ORDER_ORIGIN,
    logged: false,
    ...(!isOpen(order) && { expiresAt: at + SHOWN }),
  }
  const [result] = await store.commit(tenant, [unit, ...gone])
  openOrders.changed()
  return result?.outcome === 'kept' ? result.version : undefined
}

/** Answers what takes an order away; of one that somebody may have changed since, the version that is meant. */
export function goneOrder(
  { clock }: Pick<OrderKeeping, 'clock'>,
  id: string,
  origin: Origin = ORDER_ORIGIN,
  expectedVersion?: number,
): DocumentUnit {
  return {
    collection: ORDERS,
    id: `${ORDER}${id}`,
    at: clock(),
    origin,
    logged: false,
    ...(expectedVersion !== undefined && { expectedVersion }),
  }
}

/** Takes orders away. */
export async function dropOrders(
  { store, openOrders }: OrderKeeping,
  tenant: Tenant,
  gone: readonly DocumentUnit[],
): Promise<void> {
  await store.commit(tenant, gone)
  openOrders.changed()
}

function readOrder(document: JsonObject): PersonOrder {
  return document as unknown as PersonOrder // kept by this hub as such
}
