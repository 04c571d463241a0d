import type { LRUCache } from 'lru-cache'
import { Problem } from '../../core/model/problem.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import { findSnapshot, keepSnapshot, type OfSnapshot, type SnapshotStore } from './keep-snapshot.ts'
import { contentOf, type Snapshot } from './snapshot.ts'

/** When snapshots were last used, by key: written down once in a while, so that a read costs no write. */
export type Uses = LRUCache<string, Micros>

export interface UseDependencies extends SnapshotStore {
  readonly uses: Uses
  readonly failed: (error: unknown) => void
}

const WRITE_DOWN: Micros = 60_000_000

/** Answers the hidden tenant on which an operation with a snapshot works (CIM 009 v1.9.1, 5.5.15). @throws Problem */
export const useSnapshot =
  (dependencies: UseDependencies) =>
  async (command: OfSnapshot): Promise<Tenant> => {
    const { caller, tenant, id } = command
    caller.check('read', tenant, { resource: 'snapshot', id })
    const snapshot = await findSnapshot(dependencies, command)
    refuseUnready(snapshot)
    const now = dependencies.clock()
    dependencies.uses.set(snapshot.key, now)
    if (now - snapshot.lastUsedAt > WRITE_DOWN) {
      void keepSnapshot(dependencies, command, (current) =>
        current?.key === snapshot.key ? { ...current, lastUsedAt: now } : current,
      ).catch(dependencies.failed)
    }
    return contentOf(snapshot, tenant)
  }

/** A snapshot that is not whole would be taken for what it is not. @throws Problem Conflict */
export function refuseUnready({ id, status }: Snapshot): void {
  if (status === 'preparing')
    throw new Problem('Conflict', `Snapshot ${id} is still being prepared`, {
      headers: { 'Retry-After': '1' },
    })
  if (status === 'failure') throw new Problem('Conflict', `Snapshot ${id} could not be prepared`)
}
