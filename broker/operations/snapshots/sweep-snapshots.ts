import { type Tenant, visibleTenant } from '../../core/model/tenant.ts'
import type { StoredDocument } from '../../store/port/store.ts'
import { walkDocuments } from '../../store/port/walk-documents.ts'
import type { SnapshotStore } from './keep-snapshot.ts'
import { readSnapshot } from './keep-snapshot.ts'
import { contentOf, type Snapshot, snapshotAt } from './snapshot.ts'

const ORIGIN = { by: 'snapshot' }

/**
 * Drops hidden tenants whose snapshot has expired or failed, or whose deletion a crash cut short. A snapshot is known
 * before its content is there, so content that was listed before its snapshot is looked for has one, or is waste.
 */
export async function sweepSnapshots(dependencies: SnapshotStore): Promise<void> {
  const { store } = dependencies
  const there = await store.hiddenTenants()
  for (const tenant of new Set(there.map(visibleTenant))) {
    const wanted = await wantedContent(dependencies, tenant)
    for (const content of there) {
      if (visibleTenant(content) === tenant && !wanted.has(content)) await store.dropHidden(content)
    }
  }
}

async function wantedContent(dependencies: SnapshotStore, tenant: Tenant): Promise<ReadonlySet<Tenant>> {
  const wanted = new Set<Tenant>()
  for await (const stored of walkDocuments(dependencies.store, tenant, 'snapshot')) {
    const snapshot = await settle(dependencies, tenant, stored)
    if (snapshot.status !== 'failure') wanted.add(contentOf(snapshot, tenant))
  }
  return wanted
}

/** Gives up a snapshot that nobody goes on preparing, before its content goes: whoever does so all the same finds that. */
async function settle(
  { store, clock }: SnapshotStore,
  tenant: Tenant,
  { id, version, document }: StoredDocument,
): Promise<Snapshot> {
  const kept = readSnapshot(document)
  const at = clock()
  const next = snapshotAt(kept, at)
  if (next === kept) return kept
  const unit = {
    collection: 'snapshot',
    id,
    expectedVersion: version,
    at,
    origin: ORIGIN,
    logged: false,
  } as const
  const [result] = await store.commit(tenant, [{ ...unit, next, expiresAt: next.expiresAt }])
  return result?.outcome === 'kept' ? next : kept
}
