import { Problem } from '../../core/model/problem.ts'
import type { QNode } from '../../core/query/ast.ts'
import type { BatchOutcome } from '../batch/run-batch.ts'
import type { Command } from '../command.ts'
import { matchMembers } from '../member-query.ts'
import { deleteSnapshot } from './delete-snapshot.ts'
import { ownSnapshots, type SnapshotStore } from './keep-snapshot.ts'
import { withLastUse } from './retrieve-snapshot.ts'
import { membersOf } from './snapshot.ts'
import type { Uses } from './use-snapshot.ts'

export interface PurgeSnapshots extends Command {
  /** On members of the Snapshot data type, parsed with `parseMemberQuery`. */
  readonly q: QNode
}

/** Members that a purge may ask for (CIM 009 v1.9.1, 5.2.41), besides those of the system. */
export const SNAPSHOT_MEMBERS = [
  ...['id', 'type', 'snapshotQueries', 'snapshotTemporalQueries', 'snapshotLifetime', 'snapshotPriority'],
  ...['endpoint', 'receiverInfo', 'snapshotStatus', 'lastUsedAt'],
  ...['snapshotQueriesDetails', 'snapshotTemporalQueriesDetails'],
]
const MOST = 1000

/** Purge Snapshots (CIM 009 v1.9.1, 5.16.7): those of the caller that match. @throws Problem ResourceNotFound for none */
export const purgeSnapshots =
  (dependencies: SnapshotStore & { readonly uses: Uses }) =>
  async ({ q, ...command }: PurgeSnapshots): Promise<readonly BatchOutcome[]> => {
    command.caller.check('delete', command.tenant, { resource: 'snapshot' })
    const own = await ownSnapshots(dependencies, command, MOST)
    const doomed = own.filter((snapshot) =>
      matchMembers(q, membersOf(withLastUse(snapshot, dependencies.uses))),
    )
    if (doomed.length === 0) throw new Problem('ResourceNotFound', 'Query matches no snapshot of the caller')
    return Promise.all(
      doomed.map(({ id }) => outcomeOf(id, deleteSnapshot(dependencies)({ ...command, id }))),
    )
  }

async function outcomeOf(id: string, deletion: Promise<void>): Promise<BatchOutcome> {
  try {
    await deletion
    return { id }
  } catch (problem) {
    if (problem instanceof Problem) return { id, problem }
    throw problem
  }
}
