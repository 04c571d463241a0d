import { isJsonObject, type JsonObject } from '../../core/model/json.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import { copiesOf } from './planted-copy.ts'
import type { PlantingDependencies } from './planting-dependencies.ts'
import { reconcileCopies } from './reconcile-copies.ts'

/** Keeps copies of subscriptions at sources as they should be, beside requests. */
export interface PlantedSubscriptions {
  /** Told after a subscription was created, changed or deleted. */
  subscriptionChanged(tenant: Tenant, id: string): void
  /** Told after the registrations of a tenant changed. */
  registrationsChanged(tenant: Tenant): void
  /** Goes on with what is kept. */
  start(): Promise<void>
  stop(): Promise<void>
}

const TICK_MILLISECONDS = 250
const PAGE = 500
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
  const tenants = new Set<Tenant>()
  let looking: Promise<void> | undefined
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  return {
    subscriptionChanged: soon,
    registrationsChanged: (tenant) => {
      tenants.add(tenant)
      tick()
    },
    start: async () => {
      for (const tenant of await store.tenants()) await takeUp(tenant)
      timer = setInterval(tick, TICK_MILLISECONDS).unref()
    },
    stop: async () => {
      stopped = true
      clearInterval(timer)
      await looking
      await Promise.all(running.values())
    },
  }

  /** A tenant without copies and without registrations has nothing to be looked after. */
  async function takeUp(tenant: Tenant): Promise<void> {
    for (const { copy } of await copiesOf(store, tenant)) soon(tenant, copy.subscriptionId)
    if (registry.all(tenant).length > 0) tenants.add(tenant)
  }

  function soon(tenant: Tenant, id: string): void {
    const key = `${tenant} ${id}`
    if (running.has(key)) again.add(key)
    else due.set(key, { tenant, id, at: 0 })
    tick()
  }

  function tick(): void {
    if (stopped) return
    if (tenants.size > 0) {
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

  async function lookAtTenants(): Promise<void> {
    for (const tenant of tenants) {
      tenants.delete(tenant)
      let after: string | undefined
      do {
        const page = await store.documents(tenant, 'subscription', {
          limit: PAGE,
          ...(after !== undefined && { after }),
        })
        for (const { id, document } of page) if (!isLocal(document)) soon(tenant, id)
        after = page.length < PAGE ? undefined : page.at(-1)?.id
      } while (after !== undefined && !stopped)
    }
  }
}

function isLocal({ members }: JsonObject): boolean {
  return isJsonObject(members) && members.localOnly === true
}
