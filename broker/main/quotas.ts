import { Counter, Gauge, type Registry } from 'prom-client'
import type { Config, QuotaName } from '../config.ts'
import type { Collection } from '../core/model/change.ts'
import type { Tenant } from '../core/model/tenant.ts'
import type { Quotas } from '../store/port/quotas.ts'

/** The quotas of a configuration, and what became of them. */
export interface ConfiguredQuotas extends Quotas {
  of(tenant: Tenant, name: QuotaName): number
  /** Shows what was refused. */
  show(registry: Registry): void
}

const NAMES: Readonly<Partial<Record<Collection, QuotaName>>> = {
  entity: 'entities',
  context: 'contexts',
  registration: 'registrations',
  subscription: 'subscriptions',
  registrationSubscription: 'subscriptions',
  quarantine: 'quarantine',
}

/** Answers the quotas of a configuration: those of a single tenant go before those for all. */
export function configuredQuotas({ limits }: Pick<Config, 'limits'>): ConfiguredQuotas {
  const own = new Map(limits.quotas.map((each) => [each.tenant, each]))
  const of = (tenant: Tenant, name: QuotaName): number => own.get(tenant)?.[name] ?? limits[name]
  const most = (tenant: Tenant, collection: Collection): number => {
    const name = NAMES[collection]
    return name === undefined ? 0 : of(tenant, name)
  }
  const shares: { readonly name: QuotaName; readonly share: () => number }[] = []
  let refusals: Counter<'of'> | undefined
  return {
    of,
    most,
    counted: (tenant, collection, used) => {
      const name = NAMES[collection]
      if (name !== undefined) shares.push({ name, share: () => used() / most(tenant, collection) })
    },
    refused: (collection) => refusals?.inc({ of: NAMES[collection] ?? collection }),
    show: (registry) => {
      refusals = new Counter({
        name: 'hub_quota_refusals_total',
        help: 'Commits refused, whole or in part, because a tenant has as many as it may',
        labelNames: ['of'],
        registers: [registry],
      })
      new Gauge({
        name: 'hub_quota_used_ratio',
        help: 'Largest part of its quota that a tenant has used up, of those that were written to since the start',
        labelNames: ['of'],
        registers: [registry],
        collect() {
          this.reset()
          const largest = new Map<QuotaName, number>()
          for (const { name, share } of shares) largest.set(name, Math.max(largest.get(name) ?? 0, share()))
          for (const [name, share] of largest) this.set({ of: name }, share)
        },
      })
    },
  }
}
