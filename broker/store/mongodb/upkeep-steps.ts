import type { Tenant } from '../../core/model/tenant.ts'
import { HOUR, type Micros } from '../../core/model/time.ts'
import { dayOf } from '../port/days.ts'
import { reapExpired } from '../port/reap-expired.ts'
import type { Store } from '../port/store.ts'
import type { MongoWrites } from './commit/mongo-writes.ts'
import { retainInstances } from './history/retain-instances.ts'
import type { KnownCommits } from './known/known-commits.ts'
import type { TenantCollections } from './mongo-documents.ts'
import { sumUpDays } from './totals/sum-up-days.ts'
import type { UpkeepSource } from './upkeep.ts'

/** What the steps of upkeep work with. */
export interface UpkeepParts extends Pick<UpkeepSource, 'clock' | 'rules' | 'log'> {
  readonly writes: MongoWrites
  /** Does something with the collections of a tenant; `absent` is the answer where there is none. */
  readonly within: <T>(
    tenant: Tenant,
    absent: T,
    task: (collections: TenantCollections) => Promise<T>,
  ) => Promise<T>
}

/** Places of history that are empty stay so long, for drainers who are late. */
const EMPTY_FOR: Micros = HOUR

/** Makes the steps of upkeep of a store. */
export function upkeepOf(
  store: Store & { readonly known: KnownCommits },
  { clock, rules, log, writes, within }: UpkeepParts,
): UpkeepSource {
  return {
    ...{ clock, rules, log },
    tenants: () => store.tenants(),
    hiddenTenants: () => store.hiddenTenants(),
    // MongoDB's own expiry knows whole seconds of its clock only
    reap: (tenant) =>
      within(tenant, undefined, async ({ documents, history }) => {
        const now = clock()
        await documents.deleteMany({ expires: { $lte: now }, changes: { $size: 0 } })
        await history.deleteMany({ gone: { $lte: now - EMPTY_FOR } })
        await reapExpired(store, tenant, now)
      }),
    retain: (tenant, turn) =>
      within<string | undefined>(tenant, undefined, async (collections) => {
        if (turn.after === undefined) await writes.drain(tenant, collections)
        return retainInstances(collections, turn).finally(() => store.known.historiesChanged(tenant))
      }),
    // a whole day after their end: until then whoever has a clock that is late may still take them for not over
    sumUp: (tenant) =>
      within(tenant, false, (collections) =>
        sumUpDays(collections, {
          before: dayOf(clock()) - 1,
          alone: (task) => writes.betweenDrains(tenant, task),
        }),
      ),
  }
}
