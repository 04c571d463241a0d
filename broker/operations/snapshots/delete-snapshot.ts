import { keepSnapshot, noSnapshot, type OfSnapshot, type SnapshotStore } from './keep-snapshot.ts'
import { contentOf, type Snapshot } from './snapshot.ts'

/** Delete Snapshot (CIM 009 v1.9.1, 5.16.5), with all that it holds. @throws Problem ResourceNotFound */
export const deleteSnapshot =
  (dependencies: SnapshotStore) =>
  async (command: OfSnapshot): Promise<void> => {
    const { caller, tenant, id } = command
    caller.check('delete', tenant, { resource: 'snapshot', id })
    const doomed: Snapshot[] = []
    await keepSnapshot(dependencies, command, (current) => {
      if (!current) throw noSnapshot(id)
      doomed.push(current)
      return undefined
    })
    for (const snapshot of doomed) await dependencies.store.dropHidden(contentOf(snapshot, tenant))
  }
