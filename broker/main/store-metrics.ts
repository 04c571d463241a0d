import { Gauge, type Registry } from 'prom-client'
import type { Store } from '../store/port/store.ts'
import type { StorePartName } from '../store/port/store-size.ts'

/** Shows what all tenants take together, as they were measured last: metrics name no tenant. */
export function storeMetrics(
  registry: Registry,
  store: Pick<Store, 'tenants' | 'hiddenTenants' | 'size'>,
): void {
  new Gauge({
    name: 'hub_store_bytes',
    help: 'Bytes on disk by what they are taken by, as measured last',
    labelNames: ['part'] as const,
    registers: [registry],
    async collect() {
      for (const [part, bytes] of await bytesOfParts(store)) this.set({ part }, bytes)
    },
  })
}

async function bytesOfParts(
  store: Pick<Store, 'tenants' | 'hiddenTenants' | 'size'>,
): Promise<ReadonlyMap<StorePartName, number>> {
  const sums = new Map<StorePartName, number>()
  for (const tenant of [...(await store.tenants()), ...(await store.hiddenTenants())]) {
    const size = await store.size(tenant)
    for (const { name, bytes } of size?.parts ?? []) sums.set(name, (sums.get(name) ?? 0) + bytes)
  }
  return sums
}
