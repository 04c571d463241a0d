import { setTimeout as pause } from 'node:timers/promises'
import { DEFAULT_TENANT, isHidden, type Tenant } from '../../../core/model/tenant.ts'
import type { MovedStore } from '../../../store/port/moved-store.ts'
import { CommandFailure } from '../../command-failure.ts'
import { copyTenant } from './copy-tenant.ts'
import type { NamedStore } from './open-moved.ts'
import type { Compared } from './part-tally.ts'

/** What is to be moved where. */
export interface MoveOrder {
  readonly from: NamedStore
  readonly to: NamedStore
  /** Copies only: the hub goes on writing to where it is. */
  readonly ahead: boolean
  /** Numbers that only totals tell stay behind where the other store keeps none. */
  readonly withoutTotals: boolean
  /** Is told what is done. */
  readonly tell: (line: string) => void
  readonly progress: (line: string) => void
}

/** What both stores have of a tenant. */
export interface ComparedTenant {
  readonly tenant: Tenant
  readonly parts: readonly Compared[]
}

const SETTLE_MILLISECONDS = 30_000
const LOOK_MILLISECONDS = 250

/**
 * Moves a hub from one store to another of another kind: copies while it writes, lets it read only, copies the rest, and compares all of it. When
 * this is answered both have the same, the one takes no more writes, and the other is ready for hubs. What was cut off goes on
 * with what is there. @throws CommandFailure
 */
export async function move(order: MoveOrder): Promise<readonly ComparedTenant[]> {
  const { from, to, ahead, tell } = order
  await checkTarget(to)
  if (!order.withoutTotals) await checkTotals(order)
  tell(`copies from ${from.name} to ${to.name}`)
  if (ahead) {
    await copyAll(order)
    tell(`copied ahead to ${to.name}; the hub writes to ${from.name} as before`)
    return []
  }
  // what is copied now need not be copied while the hub waits
  if (!(await from.store.held(DEFAULT_TENANT))) await copyAll(order)
  await holdAll(from.store)
  tell(`${from.name} takes no more writes; reads go on`)
  const tenants = await copyAll(order)
  await checkSame(tenants, order)
  for (const { tenant } of tenants) await to.store.finish(tenant)
  for (const { tenant } of tenants.toReversed()) await to.store.hold(tenant, undefined)
  return tenants
}

/** Lets hubs write again to a store that a move was begun from. */
export async function release({ store }: Pick<NamedStore, 'store'>): Promise<void> {
  for (const tenant of await store.tenants())
    if ((await store.held(tenant)) === 'given') await store.hold(tenant, undefined)
}

/** A target is new, or that of a move which was cut off: then no hub has written to it. */
async function checkTarget({ store, name }: NamedStore): Promise<void> {
  await store.createTenant(DEFAULT_TENANT)
  if ((await store.held(DEFAULT_TENANT)) === 'receiving') return
  if ((await store.begin(DEFAULT_TENANT)) > 0) throw new CommandFailure(`There is a hub in ${name} already`)
  await store.hold(DEFAULT_TENANT, 'receiving')
}

async function checkTotals({ from, to }: MoveOrder): Promise<void> {
  if (to.kind !== 'mongodb') return
  let series = 0
  for (const tenant of await from.store.tenants()) series += await from.store.condensedSeries(tenant)
  if (series === 0) return
  const text = `Of ${series} series totals alone tell the oldest numbers, and MongoDB keeps none without instances: --without-totals leaves these behind`
  throw new CommandFailure(text)
}

/** Copies all tenants, the default one first; of snapshots that are gone by the end nothing is left where they were copied to. */
async function copyAll(order: MoveOrder): Promise<readonly ComparedTenant[]> {
  const { from, to } = order
  const compared: ComparedTenant[] = []
  for (const tenant of (await from.store.tenants()).toSorted())
    await unlessGone(from.store, tenant, async () => {
      compared.push({ tenant, parts: await copyOne(order, tenant) })
    })
  const left = new Set(await from.store.tenants())
  for (const tenant of await to.store.tenants())
    if (isHidden(tenant) && !left.has(tenant)) await to.store.dropHidden(tenant)
  return compared.filter(({ tenant }) => left.has(tenant))
}

async function copyOne({ from, to, progress }: MoveOrder, tenant: Tenant): Promise<readonly Compared[]> {
  await to.store.createTenant(tenant)
  if ((await to.store.held(tenant)) === undefined) await to.store.hold(tenant, 'receiving')
  return copyTenant({
    from: from.store,
    to: to.store,
    tenant,
    progress: (what, pieces) => progress(`${nameOf(tenant)}: ${what} ${pieces}`),
  })
}

/** Works on a tenant; a snapshot may go at any time, held or not. */
async function unlessGone(store: MovedStore, tenant: Tenant, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!isHidden(tenant) || (await store.tenants()).includes(tenant)) throw error
  }
}

/** Lets no tenant take writes any more; the default one first, so that none is created behind it but what is under way. */
async function holdAll(store: MovedStore): Promise<void> {
  const held = new Set<Tenant>()
  for (;;) {
    const left = (await store.tenants()).filter((tenant) => !held.has(tenant)).toSorted()
    if (left.length === 0) return
    for (const tenant of left) {
      await unlessGone(store, tenant, () => holdSettled(store, tenant))
      held.add(tenant)
    }
    await store.waitForWriters()
  }
}

/** What is on its way inside a tenant ends by writes to it. */
async function holdSettled(store: MovedStore, tenant: Tenant): Promise<void> {
  const patience = Date.now() + SETTLE_MILLISECONDS
  while (Date.now() < patience) {
    await store.hold(tenant, 'given')
    await store.begin(tenant)
    if (await store.isSettled(tenant)) return
    await store.hold(tenant, undefined)
    await pause(LOOK_MILLISECONDS)
  }
  throw new CommandFailure(`Something is being erased in ${nameOf(tenant)}: start the hub until that is done`)
}

async function checkSame(tenants: readonly ComparedTenant[], { from, to }: MoveOrder): Promise<void> {
  const known = new Set(tenants.map(({ tenant }) => tenant))
  const others = (await to.store.tenants()).filter((tenant) => !known.has(tenant))
  const faults = [
    ...others.map((tenant) => `${nameOf(tenant)} is in ${to.name} alone`),
    ...tenants.flatMap(({ tenant, parts }) =>
      parts.filter((part) => part.from !== part.to).map(({ what }) => `${what} of ${nameOf(tenant)} differ`),
    ),
  ]
  if (faults.length === 0) return
  const text = `${to.name} does not have what ${from.name} has: ${faults.join(', ')}. Nothing was released: move again, or --release`
  throw new CommandFailure(text)
}

/** Answers how a tenant is told of. */
export function nameOf(tenant: Tenant): string {
  return tenant === DEFAULT_TENANT ? 'default tenant' : `tenant ${tenant}`
}
