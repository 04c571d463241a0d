import { isHidden, type Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import { walkDocuments } from '../../store/port/walk-documents.ts'
import { copiesOf } from './planted-copy.ts'
import type { PlantingDependencies } from './planting-dependencies.ts'
import { reconcileCopies } from './reconcile-copies.ts'
import { wantedCopies } from './wanted-copies.ts'

/** Keeps copies of subscriptions at sources as they should be, beside requests. */
export interface PlantedSubscriptions {
  /** Told after a subscription was created, changed or deleted. */
  subscriptionChanged(tenant: Tenant, id: string): void
  /** Told after a registration was created, changed or deleted. */
  registrationChanged(tenant: Tenant, id: string): void
  /** Told after anybody's rights may have changed: what is at sources is to be looked at again. */
  rightsChanged(): void
  /** Goes on with what is kept. */
  start(): Promise<void>
  stop(): Promise<void>
}

const TICK_MILLISECONDS = 250
/** So many subscriptions are looked after at once. */
const TOGETHER = 8

/**
 * Makes what plants subscriptions at sources (CIM 009 v1.9.1, 5.8.1.4, 5.8.2.4, 5.8.5.4): whatever changes, what is at
 * the sources is brought to what should be there, as often as it takes. What is known of copies is kept, so a restart and
 * a link that was cut make no difference.
 */
export function plantSubscriptions(dependencies: PlantingDependencies): PlantedSubscriptions {
  const { store, registry, clock, failed } = dependencies
  /** When something is to be done next for a subscription. */
  const due = new Map<string, { readonly tenant: Tenant; readonly id: string; readonly at: Micros }>()
  const running = new Map<string, Promise<void>>()
  /** Changed while it was looked after. */
  const again = new Set<string>()
  /** Registrations that changed since the subscriptions of their tenant were looked through. */
  const changed = new Map<Tenant, Set<string>>()
  let looking: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let stopped = true

  return {
    subscriptionChanged: soon,
    registrationChanged: (tenant, id) => {
      if (stopped) return
      const ids = changed.get(tenant) ?? new Set()
      changed.set(tenant, ids.add(id))
    },
    rightsChanged: () => {
      if (stopped) return
      takeUpAll().catch((error: unknown) => failed(error, 'subscriptions are not looked through'))
    },
    start: async () => {
      stopped = false
      try {
        await takeUpAll()
      } catch (error) {
        stopped = true
        throw error
      }
      timer = setInterval(tick, TICK_MILLISECONDS).unref()
    },
    stop: async () => {
      stopped = true
      clearInterval(timer)
      await looking
      await Promise.all(running.values())
    },
  }

  async function takeUpAll(): Promise<void> {
    const all: [Tenant, Awaited<ReturnType<typeof copiesOf>>][] = []
    for (const tenant of await store.tenants()) all.push([tenant, await copiesOf(store, tenant)])
    for (const [tenant, copies] of all) takeUp(tenant, copies)
  }

  /** A tenant without copies and without registrations has nothing to be looked after. */
  function takeUp(tenant: Tenant, copies: Awaited<ReturnType<typeof copiesOf>>): void {
    for (const { copy } of copies) soon(tenant, copy.subscriptionId)
    const registered = registry.all(tenant).map(({ id }) => id)
    if (registered.length > 0) changed.set(tenant, new Set(registered))
  }

  function soon(tenant: Tenant, id: string): void {
    if (stopped) return
    const key = `${tenant} ${id}`
    if (running.has(key)) again.add(key)
    else due.set(key, { tenant, id, at: 0 })
    tick()
  }

  function tick(): void {
    if (stopped) return
    if (changed.size > 0) {
      looking ??= lookAtTenants()
        .catch((error: unknown) => failed(error, 'subscriptions are not looked through'))
        .finally(() => {
          looking = undefined
        })
    }
    const now = clock()
    for (const [key, { tenant, id, at }] of due) {
      if (running.size >= TOGETHER) return
      if (at <= now) run(key, tenant, id)
    }
  }

  function run(key: string, tenant: Tenant, id: string): void {
    due.delete(key)
    const work = reconcileCopies(dependencies, tenant, id)
      .then((at) => {
        if (at !== undefined) due.set(key, { tenant, id, at })
      })
      .catch((error: unknown) => {
        failed(error, 'subscription is not planted')
        due.set(key, { tenant, id, at: clock() + dependencies.renewal })
      })
      .finally(() => {
        running.delete(key)
        if (again.delete(key)) due.set(key, { tenant, id, at: 0 })
        tick()
      })
    running.set(key, work)
  }

  /** Looks which subscriptions a changed registration is for, or was. */
  async function lookAtTenants(): Promise<void> {
    for (const [tenant, ids] of changed) {
      changed.delete(tenant)
      if (isHidden(tenant)) continue
      for (const { copy } of await copiesOf(store, tenant)) {
        if (ids.has(copy.registrationId)) soon(tenant, copy.subscriptionId)
      }
      await lookAtSubscriptions(tenant, ids)
    }
  }

  async function lookAtSubscriptions(tenant: Tenant, ids: ReadonlySet<string>): Promise<void> {
    for await (const { id, document } of walkDocuments(store, tenant, 'subscription')) {
      if (stopped) return
      const reduced = wantedCopies(dependencies, tenant, document)?.reduced
      if (reduced && [...reduced.keys()].some((registration) => ids.has(registration))) soon(tenant, id)
    }
  }
}
