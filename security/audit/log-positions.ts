import type { Tenant } from '../../broker/core/model/tenant.ts'
import type { Micros } from '../../broker/core/model/time.ts'
import type { Store } from '../../broker/store/port/store.ts'

/** How far the change log of each tenant is on record. */
export interface LogPositions {
  /** undefined: nobody has looked at it yet. */
  of(tenant: Tenant): number | undefined
  /** Notes a position; it is kept now and then, so a crash has some changes recorded twice. */
  reached(tenant: Tenant, position: number): Promise<void>
  /** Keeps what was noted. */
  keep(): Promise<void>
}

const COLLECTION = 'auditKey'
const ID = 'position'
const EVERY: Micros = 10_000_000

/** Reads the positions of these tenants; of one that nobody has looked at yet recording begins with what comes now. */
export async function openLogPositions(
  store: Pick<Store, 'document' | 'commit' | 'logEnd'>,
  tenants: readonly Tenant[],
  clock: () => Micros,
): Promise<LogPositions> {
  const reached = new Map<Tenant, number>()
  const kept = new Map<Tenant, number>()
  for (const tenant of tenants) {
    const found = await store.document(tenant, COLLECTION, ID)
    const { sequence } = found?.document ?? {}
    const position = typeof sequence === 'number' ? sequence : await store.logEnd(tenant)
    reached.set(tenant, position)
    if (typeof sequence === 'number') kept.set(tenant, sequence)
  }
  let keptAt = clock()

  const keep = async (): Promise<void> => {
    keptAt = clock()
    for (const [tenant, sequence] of reached) {
      if (kept.get(tenant) === sequence) continue
      const unit = { collection: COLLECTION, id: ID, next: { sequence }, at: clock(), logged: false } as const
      await store.commit(tenant, [{ ...unit, origin: { by: 'hub' } }])
      kept.set(tenant, sequence)
    }
  }
  return {
    of: (tenant) => reached.get(tenant),
    reached: async (tenant, position) => {
      reached.set(tenant, position)
      if (clock() - keptAt >= EVERY) await keep()
    },
    keep,
  }
}
