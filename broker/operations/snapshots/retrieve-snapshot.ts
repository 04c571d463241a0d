import { findSnapshot, type OfSnapshot, type SnapshotStore } from './keep-snapshot.ts'
import type { Snapshot } from './snapshot.ts'
import type { Uses } from './use-snapshot.ts'

/** Retrieve Snapshot Status (CIM 009 v1.9.1, 5.16.3). @throws Problem ResourceNotFound */
export const retrieveSnapshot =
  (dependencies: SnapshotStore & { readonly uses: Uses }) =>
  async (command: OfSnapshot): Promise<Snapshot> => {
    command.caller.check('read', command.tenant, { resource: 'snapshot', id: command.id })
    return withLastUse(await findSnapshot(dependencies, command), dependencies.uses)
  }

/** Answers a snapshot with its latest use, which may not be written down yet. */
export function withLastUse(snapshot: Snapshot, uses: Uses): Snapshot {
  const lastUsedAt = Math.max(snapshot.lastUsedAt, uses.get(snapshot.key) ?? 0)
  return { ...snapshot, lastUsedAt }
}
