import type { Micros } from '../../core/model/time.ts'
import { keepSnapshot, noSnapshot, type OfSnapshot, type SnapshotStore } from './keep-snapshot.ts'
import { withLastUse } from './retrieve-snapshot.ts'
import { expiryOf, type Snapshot, type SnapshotMembers, snapshotAt } from './snapshot.ts'
import type { Uses } from './use-snapshot.ts'

export interface UpdateSnapshot extends OfSnapshot {
  readonly given: Omit<SnapshotMembers, 'snapshotQueries'>
  readonly lifetime?: Micros
  /** Members that are given as null. */
  readonly removed: readonly (keyof SnapshotMembers)[]
}

export interface UpdateDependencies extends SnapshotStore {
  readonly uses: Uses
  readonly notify: (command: OfSnapshot, snapshot: Snapshot) => void
}

/** Update Snapshot Status (CIM 009 v1.9.1, 5.16.4): replaces the given members, null removes. @throws Problem */
export const updateSnapshot =
  (dependencies: UpdateDependencies) =>
  async ({ given, lifetime, removed, ...command }: UpdateSnapshot): Promise<Snapshot> => {
    const { caller, tenant, id } = command
    caller.check('update', tenant, { resource: 'snapshot', id })
    const renewed = lifetime !== undefined || removed.includes('snapshotLifetime')
    const kept = await keepSnapshot(dependencies, command, (current, now) => {
      if (!current) throw noSnapshot(id)
      const left = Object.entries(current.given).filter(([name]) => !removed.some((gone) => gone === name))
      return {
        ...current,
        given: { ...Object.fromEntries(left), ...given },
        modifiedAt: now,
        ...(renewed && { expiresAt: expiryOf(lifetime, now) }),
      }
    })
    if (!kept) throw noSnapshot(id)
    const snapshot = withLastUse(snapshotAt(kept, dependencies.clock()), dependencies.uses)
    dependencies.notify(command, snapshot)
    return snapshot
  }
