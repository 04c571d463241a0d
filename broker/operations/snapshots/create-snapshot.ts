import { randomBytes } from 'node:crypto'
import { Problem } from '../../core/model/problem.ts'
import type { Micros } from '../../core/model/time.ts'
import type { Command } from '../command.ts'
import { keepSnapshot, ownSnapshots, type SnapshotStore } from './keep-snapshot.ts'
import type { Preparation, Preparations } from './prepare-snapshots.ts'
import { type SelectDependencies, type SnapshotQuery, selectEntities } from './select-entities.ts'
import { contentOf, expiryOf, LEASE, type Snapshot, type SnapshotMembers } from './snapshot.ts'

/** What every new snapshot needs. */
export interface NewSnapshotDependencies extends SnapshotStore {
  readonly preparations: Preparations
  readonly newId: () => string
}

/** What a body says of a new snapshot. */
export interface NewSnapshot extends Command {
  readonly id?: string
  readonly given: SnapshotMembers
  readonly lifetime?: Micros
}

export interface CreateSnapshot extends NewSnapshot {
  readonly queries: readonly SnapshotQuery[]
}

/** Create Snapshot (CIM 009 v1.9.1, 5.16.1): answers its id at once; its queries run in the background. @throws Problem */
export const createSnapshot =
  (dependencies: NewSnapshotDependencies & SelectDependencies) =>
  async ({ queries, ...command }: CreateSnapshot): Promise<{ readonly id: string }> => {
    command.caller.check('read', command.tenant, { resource: 'entity' })
    return startSnapshot(dependencies, command, {
      parts: queries.map((query) => (tell) => selectEntities(dependencies, command, { ...query, tell })),
    })
  }

const MOST_PER_CALLER = 50

/** Keeps a snapshot that is being prepared, and has it filled in the background. @throws Problem */
export async function startSnapshot(
  { preparations, newId, ...dependencies }: NewSnapshotDependencies,
  { id = newId(), given, lifetime, ...command }: NewSnapshot,
  filling: Pick<Preparation, 'parts' | 'clone'>,
): Promise<{ readonly id: string }> {
  const { caller, tenant } = command
  caller.check('create', tenant, { resource: 'snapshot', id })
  const own = await ownSnapshots(dependencies, command, MOST_PER_CALLER)
  if (own.some((snapshot) => snapshot.id === id)) throw exists(id)
  if (own.length === MOST_PER_CALLER) {
    throw new Problem(
      'TooManyRequests',
      `Caller has ${MOST_PER_CALLER} snapshots, the most that one may have`,
    )
  }
  const key = randomBytes(16).toString('hex')
  const snapshot = await keepSnapshot(dependencies, { ...command, id }, (current, now) => {
    if (current) throw exists(id)
    return newSnapshot({ id, given, key, expiresAt: expiryOf(lifetime, now) }, now)
  })
  if (!snapshot) throw new Error('A snapshot that was created is not there')
  await createContent(dependencies, { ...command, id }, snapshot)
  preparations.start({ command: { ...command, id }, snapshot, ...filling })
  return { id }
}

function newSnapshot(members: Pick<Snapshot, 'id' | 'given' | 'key' | 'expiresAt'>, now: Micros): Snapshot {
  return {
    ...members,
    status: 'preparing',
    results: [],
    createdAt: now,
    modifiedAt: now,
    lastUsedAt: now,
    preparedUntil: now + LEASE,
  }
}

/** The snapshot is known before its content is there, so that no content is ever without a snapshot. */
async function createContent(
  dependencies: SnapshotStore,
  command: Command & { readonly id: string },
  snapshot: Snapshot,
): Promise<void> {
  try {
    await dependencies.store.createHidden(contentOf(snapshot, command.tenant))
  } catch (error) {
    await keepSnapshot(dependencies, command, (current) =>
      current?.key === snapshot.key ? undefined : current,
    )
    throw error
  }
}

function exists(id: string): Problem {
  return new Problem('AlreadyExists', `Snapshot ${id} already exists`)
}
