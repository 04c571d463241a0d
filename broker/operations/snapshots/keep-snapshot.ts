import type { JsonObject } from '../../core/model/json.ts'
import { Problem } from '../../core/model/problem.ts'
import type { Micros } from '../../core/model/time.ts'
import type { Store } from '../../store/port/store.ts'
import type { Command } from '../command.ts'
import { keepDocument } from '../keep-document.ts'
import { ownerOf } from '../owner-of.ts'
import { type Snapshot, snapshotAt } from './snapshot.ts'

/** Where snapshots are kept, and the time. */
export interface SnapshotStore {
  readonly store: Store
  readonly clock: () => Micros
}

/** Names one snapshot of the caller. */
export interface OfSnapshot extends Command {
  readonly id: string
}

/** Answers a snapshot of the caller: those of others are not there for it. @throws Problem ResourceNotFound */
export async function findSnapshot({ store, clock }: SnapshotStore, command: OfSnapshot): Promise<Snapshot> {
  const stored = await store.document(command.tenant, 'snapshot', documentId(command))
  if (!stored) throw noSnapshot(command.id)
  return snapshotAt(readSnapshot(stored.document), clock())
}

/** Answers at most so many of the caller's snapshots. */
export async function ownSnapshots(
  { store, clock }: SnapshotStore,
  { caller, tenant }: Command,
  limit: number,
): Promise<readonly Snapshot[]> {
  const own = `${ownerOf(caller, tenant)} `
  const found = await store.documents(tenant, 'snapshot', { after: own, limit })
  return found
    .filter(({ id }) => id.startsWith(own))
    .map(({ document }) => snapshotAt(readSnapshot(document), clock()))
}

/** Reads, decides and commits until no other writer came between; undefined deletes. Answers what is there. @throws Problem */
export async function keepSnapshot(
  dependencies: SnapshotStore,
  command: OfSnapshot,
  decide: (current: Snapshot | undefined, now: Micros) => Snapshot | undefined,
): Promise<Snapshot | undefined> {
  const { tenant, origin } = command
  const { next } = await keepDocument(
    dependencies,
    { tenant, origin, id: documentId(command), collection: 'snapshot', what: `Snapshot ${command.id}` },
    (current, now) => {
      const decided = decide(current && readSnapshot(current), now)
      // it may keep credentials of its endpoint
      return { logged: false, ...(decided && { next: decided, expiresAt: decided.expiresAt }) }
    },
  )
  return next && readSnapshot(next)
}

/** Reads a kept snapshot: only this folder writes them, so the shape is trusted. */
export function readSnapshot(document: JsonObject): Snapshot {
  return document as unknown as Snapshot // written by keepSnapshot from a Snapshot
}

/** Answers the problem of a snapshot that is not there. */
export function noSnapshot(id: string): Problem {
  return new Problem('ResourceNotFound', `Snapshot ${id} does not exist`)
}

/** Whose it is is part of where it is kept, so that nobody finds those of others. */
function documentId({ caller, tenant, id }: OfSnapshot): string {
  return `${ownerOf(caller, tenant)} ${id}`
}
