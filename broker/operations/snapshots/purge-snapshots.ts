import type { TermTable } from '../../core/context/term-table.ts'
import type { Entity } from '../../core/model/entity.ts'
import { badRequestData, Problem } from '../../core/model/problem.ts'
import type { QNode } from '../../core/query/ast.ts'
import { matchQ } from '../../core/query/match-q.ts'
import { pathsOf } from '../../core/query/needs.ts'
import type { BatchOutcome } from '../batch/run-batch.ts'
import type { Command } from '../command.ts'
import { deleteSnapshot } from './delete-snapshot.ts'
import { ownSnapshots, type SnapshotStore } from './keep-snapshot.ts'
import { withLastUse } from './retrieve-snapshot.ts'
import { membersOf, type Snapshot } from './snapshot.ts'
import type { Uses } from './use-snapshot.ts'

export interface PurgeSnapshots extends Command {
  /** On members of the Snapshot data type, parsed with `SNAPSHOT_TERMS`. */
  readonly q: QNode
}

/** Members of a Snapshot are named by the standard, whatever a @context says. */
export const SNAPSHOT_TERMS: TermTable = {
  hash: '',
  source: null,
  served: null,
  url: '',
  expand: (name) => `snapshot:${name}`,
  compact: (iri) => iri,
  coercion: () => undefined,
}

/** Members that a purge may ask for (CIM 009 v1.9.1, 5.2.41), besides those of the system. */
const MEMBERS = [
  ...['id', 'type', 'snapshotQueries', 'snapshotTemporalQueries', 'snapshotLifetime', 'snapshotPriority'],
  ...['endpoint', 'receiverInfo', 'snapshotStatus', 'lastUsedAt'],
  ...['snapshotQueriesDetails', 'snapshotTemporalQueriesDetails'],
]
const SYSTEM_MEMBERS: ReadonlySet<string> = new Set(['createdAt', 'modifiedAt', 'expiresAt'])
const MOST = 1000

/** Purge Snapshots (CIM 009 v1.9.1, 5.16.7): those of the caller that match. @throws Problem ResourceNotFound for none */
export const purgeSnapshots =
  (dependencies: SnapshotStore & { readonly uses: Uses }) =>
  async ({ q, ...command }: PurgeSnapshots): Promise<readonly BatchOutcome[]> => {
    command.caller.check('delete', command.tenant, { resource: 'snapshot' })
    checkMembers(q)
    const own = await ownSnapshots(dependencies, command, MOST)
    const doomed = own.filter((snapshot) => matchQ(q, asEntity(withLastUse(snapshot, dependencies.uses))))
    if (doomed.length === 0) throw new Problem('ResourceNotFound', 'Query matches no snapshot of the caller')
    return Promise.all(
      doomed.map(({ id }) => outcomeOf(id, deleteSnapshot(dependencies)({ ...command, id }))),
    )
  }

/** @throws Problem BadRequestData when a term looks at anything else than a member of a Snapshot */
function checkMembers(q: QNode): void {
  const known = new Set(MEMBERS.map(SNAPSHOT_TERMS.expand))
  for (const { attributes, member, linked } of pathsOf(q)) {
    const [name, ...others] = attributes
    const single = name === undefined ? member !== undefined && SYSTEM_MEMBERS.has(member) : known.has(name)
    if (!single || others.length > 0 || linked || (name !== undefined && member))
      throw badRequestData('Parameter q looks at something that is no member of a Snapshot')
  }
}

/** The language is one on entities, so a snapshot is put to it as one. */
function asEntity(snapshot: Snapshot): Entity {
  const { createdAt, modifiedAt, expiresAt } = snapshot
  const attributes = Object.entries(membersOf(snapshot)).map(
    ([name, value]) =>
      [SNAPSHOT_TERMS.expand(name), [{ kind: 'Property', value, createdAt, modifiedAt } as const]] as const,
  )
  return {
    id: snapshot.id,
    types: [SNAPSHOT_TERMS.expand('Snapshot')],
    createdAt,
    modifiedAt,
    expiresAt,
    attributes: Object.fromEntries(attributes),
  }
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
