import { randomUUID } from 'node:crypto'
import type { Audit } from '../../../security/audit/audit.ts'
import { personReferences } from '../../../security/privacy/person.ts'
import type { ReportKey } from '../../../security/privacy/signed-report.ts'
import type { Seal } from '../../../security/seal.ts'
import type { Caller } from '../../core/model/caller.ts'
import type { JsonObject, JsonValue } from '../../core/model/json.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { DocumentUnit, Store } from '../../store/port/store.ts'
import type { Command } from '../command.ts'
import { askHubs, cameBack, type PeerAnswer, type PeerDependencies } from './ask-hubs.ts'
import {
  dropOrders,
  findOrder,
  goneOrder,
  type KeptOrder,
  keepOrder,
  type OrderKeeping,
  ordersOf,
} from './kept-orders.ts'
import { isOpen, ORDER, type OrderedAct, type PersonOrder, supersedes } from './person-order.ts'
import type { PersonRequest } from './person-requests.ts'
import type { noteOutcome } from './registers.ts'
import { settleOrder } from './settle-order.ts'

/** What orders are kept and carried out with. */
export interface OrderDependencies extends PeerDependencies, Pick<OrderKeeping, 'openOrders'> {
  readonly store: Store
  readonly clock: () => Micros
  readonly hub: { readonly name: string; readonly city: string }
  /** Closes whom an order is about, and who gave it. */
  readonly orderSeal: Seal
  /** A caller with the rights that are left of who gave an order; undefined: there are none. */
  readonly delegate: (delegation: JsonObject) => Caller | undefined
  readonly referenceKey: Uint8Array
  readonly reportKey: ReportKey
  readonly keepReport: (name: string, report: JsonObject) => Promise<string | undefined>
  readonly noteOutcome: ReturnType<typeof noteOutcome>
  readonly audit?: Pick<Audit, 'record'>
}

/** An order that was placed, and its hubs not asked yet. */
export interface PlacedOrder {
  ask(): Promise<readonly PeerAnswer[]>
  /** Takes down what they answered; answers the id of the order where hubs are left. */
  settle(answers: readonly PeerAnswer[], report?: string): Promise<string | undefined>
}

/** Whoever asks hubs has so long until somebody else does: longer than hubs may take to answer. */
const UNDER_WAY: Micros = 600_000_000
/** Orders that are carried on together. */
const TOGETHER = 20
const RIGHT = { erase: 'delete', restrict: 'update', lift: 'update' } as const
const NOBODY_ASKED: PlacedOrder = {
  ask: () => Promise.resolve([]),
  settle: () => Promise.resolve(undefined),
}

/**
 * Takes down what all other hubs are to do, before the first of them is asked: what is open outlives this process. What it
 * makes needless is dropped.
 */
export async function placeOrder(
  dependencies: OrderDependencies,
  { caller, tenant, person, purpose, request, body, via }: PersonRequest,
  what: OrderedAct,
): Promise<PlacedOrder> {
  const { store, clock, peers, referenceKey } = dependencies
  const subject = personReferences(person, referenceKey)
  const of = what === 'erase' || purpose === undefined ? { what, subject } : { what, subject, purpose }
  // a hub asks back for what it is ordered: that order stays
  if (cameBack(dependencies, via)) return NOBODY_ASKED
  const ask: PlacedOrder['ask'] = () =>
    askHubs(dependencies, caller, { tenant, path: pathOf(what), body, via })
  // where there is no such tenant nothing is kept for it either: whoever asked asks again
  if (!(await store.tenants()).includes(tenant)) return { ask, settle: NOBODY_ASKED.settle }
  const needless = await superseded(dependencies, tenant, of)
  if (peers.length === 0) {
    await dropOrders(dependencies, tenant, needless)
    return NOBODY_ASKED
  }
  const id = randomUUID()
  const at = clock()
  const about = JSON.stringify({ body, delegation: caller.delegation() })
  const order: PersonOrder = {
    ...of,
    id,
    at,
    by: caller.key,
    ...(request !== undefined && { request }),
    ...(via !== undefined && { via }),
    attempts: 0,
    next: at + UNDER_WAY,
    hubs: peers.map(({ name }) => ({ hub: name, state: 'open', reason: 'Hub has not answered yet' })),
    sealed: dependencies.orderSeal.close(about, boundTo(tenant, id)),
  }
  const version = await keepOrder(dependencies, { tenant, version: 0, order }, needless)
  if (version === undefined) throw new Error('Order is not kept')
  return {
    ask,
    settle: async (answers, report) => {
      const asked = { ...order, ...(report !== undefined && { report }) }
      return (await settleOrder(dependencies, { tenant, version, order: asked }, answers)) ? id : undefined
    },
  }
}

/**
 * Asks the hubs of every order again whose turn it is, of some together: one that keeps silent holds up no other. Resolves when
 * all have been asked.
 */
export async function carryOnOrders(dependencies: OrderDependencies): Promise<void> {
  let due: KeptOrder[] = []
  const askAll = async (): Promise<void> => {
    const together = due
    due = []
    await Promise.all(together.map((kept) => tryAgain(dependencies, kept)))
  }
  for (const tenant of await dependencies.store.tenants())
    for await (const kept of ordersOf(dependencies.store, tenant)) {
      if (isOpen(kept.order) && kept.order.next <= dependencies.clock()) due.push(kept)
      if (due.length === TOGETHER) await askAll()
    }
  await askAll()
}

/** Asks the hubs of one order again now; answers it as it is then. @throws Problem ResourceNotFound */
export async function retryOrder(
  dependencies: OrderDependencies,
  { tenant, id }: Pick<Command, 'tenant'> & { readonly id: string },
): Promise<PersonOrder> {
  const kept = await findOrder(dependencies.store, tenant, id)
  if (isOpen(kept.order)) await tryAgain(dependencies, kept)
  return (await findOrder(dependencies.store, tenant, id)).order
}

/** Whoever takes the order first asks; the others leave it to it. */
async function tryAgain(
  dependencies: OrderDependencies,
  { tenant, version, order }: KeptOrder,
): Promise<void> {
  // what came of the first attempt nobody knows where the process ended meanwhile: it counts, and its reports are still to come
  const taken = {
    ...order,
    attempts: Math.max(order.attempts, 1),
    next: dependencies.clock() + UNDER_WAY,
  }
  const next = await keepOrder(dependencies, { tenant, version, order: taken })
  if (next !== undefined)
    await settleOrder(
      dependencies,
      { tenant, version: next, order: taken },
      await askOpen(dependencies, tenant, order),
    )
}

/** It is asked in the name of who gave the order, with the rights that are left of that. */
async function askOpen(
  dependencies: OrderDependencies,
  tenant: Tenant,
  { id, what, via, hubs, sealed = '' }: PersonOrder,
): Promise<readonly PeerAnswer[]> {
  const open = hubs.filter(({ state }) => state !== 'answered').map(({ hub }) => hub)
  const none = (names: readonly string[], reason: string): readonly PeerAnswer[] =>
    names.map((hub) => ({ hub, state: 'open', reason }))
  const about = dependencies.orderSeal.open(sealed, boundTo(tenant, id))
  if (about === undefined) return none(open, 'Order cannot be read: it was sealed with another secret')
  const { body, delegation } = JSON.parse(about) as {
    readonly body: JsonValue
    readonly delegation: JsonObject
  } // as it was closed
  const caller = dependencies.delegate(delegation)
  if (!caller || !mayStill(caller, tenant, what))
    return none(open, 'Who gave the order may not do so any more: give it again')
  const peers = dependencies.peers.filter(({ name }) => open.includes(name))
  const gone = open.filter((name) => !peers.some((peer) => peer.name === name))
  const answers = await askHubs({ ...dependencies, peers }, caller, { tenant, path: pathOf(what), body, via })
  return [...answers, ...none(gone, 'Configuration names no such hub any more')]
}

function mayStill(caller: Caller, tenant: Tenant, what: OrderedAct): boolean {
  try {
    caller.check(RIGHT[what], tenant, { resource: 'privacy' })
    return true
  } catch {
    return false
  }
}

/** Answers what takes away the orders that one makes needless. */
async function superseded(
  dependencies: Pick<OrderDependencies, 'store' | 'clock'>,
  tenant: Tenant,
  of: Pick<PersonOrder, 'what' | 'subject' | 'purpose'>,
): Promise<readonly DocumentUnit[]> {
  const units: DocumentUnit[] = []
  for await (const { order } of ordersOf(dependencies.store, tenant))
    if (isOpen(order) && supersedes(of, order)) units.push(goneOrder(dependencies, order.id))
  return units
}

function boundTo(tenant: Tenant, id: string): string {
  return JSON.stringify([tenant, `${ORDER}${id}`])
}

function pathOf(what: OrderedAct): string {
  return `/hub/v1/privacy/${what}`
}
