import { reapEntity } from '../../core/merge/reap-entity.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import { parseEntity } from './change.ts'
import type { EntityUnit, Store, StoredEntity } from './store.ts'

const AT_ONCE = 500
const ROUNDS = 20
const ORIGIN = { by: 'hub' }

/**
 * Deletes what has expired at this instant (CIM 009 v1.9.1, 4.22), as ordinary changes that the log and history tell;
 * at most 10,000 changes in one run. What somebody else changes meanwhile is left to the next run.
 */
export async function reapExpired(
  store: Pick<Store, 'expired' | 'readMany' | 'commit'>,
  tenant: Tenant,
  now: Micros,
): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) {
    const ids = await store.expired(tenant, now, AT_ONCE)
    const stored = await store.readMany(tenant, ids)
    const units = stored.flatMap((entity) => unitsOf(entity, now))
    if (units.length === 0) return
    await store.commit(tenant, units)
  }
}

function unitsOf({ id, version, text }: StoredEntity, now: Micros): readonly EntityUnit[] {
  const before = parseEntity(text)
  const { next, change } = reapEntity(before, now)
  if (!change) return []
  const base = { collection: 'entity', id, expectedVersion: version, before, origin: ORIGIN } as const
  return [{ ...base, change, ...(next && { next }) }]
}
