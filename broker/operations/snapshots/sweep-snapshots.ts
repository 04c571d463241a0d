import { type Tenant, visibleTenant } from '../../core/model/tenant.ts'
import { walkDocuments } from '../../store/port/walk-documents.ts'
import type { SnapshotStore } from './keep-snapshot.ts'
import { readSnapshot } from './keep-snapshot.ts'
import { contentOf, snapshotAt } from './snapshot.ts'

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

async function wantedContent({ store, clock }: SnapshotStore, tenant: Tenant): Promise<ReadonlySet<Tenant>> {
  const wanted = new Set<Tenant>()
  for await (const { document } of walkDocuments(store, tenant, 'snapshot')) {
    const snapshot = snapshotAt(readSnapshot(document), clock())
    if (snapshot.status !== 'failure') wanted.add(contentOf(snapshot, tenant))
  }
  return wanted
}
