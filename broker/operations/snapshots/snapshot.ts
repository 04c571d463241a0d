import type { JsonObject } from '../../core/model/json.ts'
import type { ProblemCode } from '../../core/model/problem.ts'
import { hiddenTenant, type Tenant } from '../../core/model/tenant.ts'
import { formatDateTime, type Micros } from '../../core/model/time.ts'

export type SnapshotStatus = 'preparing' | 'success' | 'partial' | 'failure' | 'empty'

/** What became of one query of a snapshot (CIM 009 v1.9.1, 5.2.42). */
export type QueryResult = {
  readonly status: 'success' | 'failure' | 'empty'
  readonly problem?: { readonly code: ProblemCode; readonly text: string }
}

/** What whoever asks for a snapshot may say of it (CIM 009 v1.9.1, 5.2.41-1). */
export type SnapshotMembers = {
  readonly snapshotQueries?: readonly JsonObject[]
  readonly snapshotLifetime?: string
  readonly snapshotPriority?: number
  readonly endpoint?: string
  readonly receiverInfo?: readonly { readonly key: string; readonly value: string }[]
}

/** A snapshot as it is kept. A type, not an interface, so that it is JSON as it stands. */
export type Snapshot = {
  readonly id: string
  readonly given: SnapshotMembers
  readonly status: SnapshotStatus
  readonly results: readonly QueryResult[]
  readonly createdAt: Micros
  readonly modifiedAt: Micros
  readonly expiresAt: Micros
  readonly lastUsedAt: Micros
  /** Names the hidden tenant that holds the entities. */
  readonly key: string
  /** While it is being prepared: who does so and says nothing until then is dead. */
  readonly preparedUntil?: Micros
}

/** Whoever prepares a snapshot renews this promise to go on, much more often: a store may be slow. */
export const LEASE: Micros = 60_000_000

/** Answers the hidden tenant that holds the entities of a snapshot. */
export function contentOf({ key }: Snapshot, tenant: Tenant): Tenant {
  return hiddenTenant(tenant, key)
}

/** Answers a snapshot as it stands now: one whose preparation ended without a word has failed. */
export function snapshotAt(snapshot: Snapshot, now: Micros): Snapshot {
  const { preparedUntil = 0, ...rest } = snapshot
  if (rest.status !== 'preparing' || preparedUntil > now) return snapshot
  const problem = { code: 'InternalError', text: 'Hub stopped while it prepared the snapshot' } as const
  const results = (rest.given.snapshotQueries ?? []).map(() => ({ status: 'failure', problem }) as const)
  return { ...rest, status: 'failure', results }
}

/** Sums up what became of the queries (CIM 009 v1.9.1, 5.16.1.4). */
export function statusOf(results: readonly QueryResult[]): SnapshotStatus {
  const some = (status: QueryResult['status']) => results.some((result) => result.status === status)
  if (!some('failure') && !some('empty')) return 'success'
  if (some('success')) return 'partial'
  return some('empty') ? 'empty' : 'failure'
}

const STANDARD_LIFETIME: Micros = 24 * 3600 * 1_000_000
const LONGEST_LIFETIME: Micros = 7 * STANDARD_LIFETIME

/** Answers when a snapshot is to go: as was suggested, within what this hub allows (CIM 009 v1.9.1, 5.2.41). */
export function expiryOf(lifetime: Micros | undefined, now: Micros): Micros {
  return now + Math.min(lifetime ?? STANDARD_LIFETIME, LONGEST_LIFETIME)
}

const STANDARD_PRIORITY = 5

/** Answers the members of a snapshot as the standard names them (CIM 009 v1.9.1, 5.2.41), but for its results. */
export function membersOf(snapshot: Snapshot): JsonObject {
  const { id, given, status } = snapshot
  const times = (['createdAt', 'modifiedAt', 'expiresAt', 'lastUsedAt'] as const).map(
    (name) => [name, formatDateTime(snapshot[name])] as const,
  )
  return {
    id,
    type: 'Snapshot',
    snapshotPriority: STANDARD_PRIORITY,
    ...given,
    snapshotStatus: status,
    ...Object.fromEntries(times),
  }
}
