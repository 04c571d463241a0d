import type { Decision, Origin } from '../../core/model/change.ts'
import type { Entity } from '../../core/model/entity.ts'
import { Problem } from '../../core/model/problem.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Decide, Store } from './store.ts'

const ATTEMPTS = 50

/** Reads, decides and commits until no other writer came between. @throws Problem what `decide` throws, or Conflict */
export async function change(
  store: Store,
  { tenant, id, origin }: { readonly tenant: Tenant; readonly id: string; readonly origin: Origin },
  decide: Decide,
): Promise<Decision> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const stored = await store.read(tenant, id)
    const decision = decide(stored ? parseEntity(stored.text) : undefined)
    if (!decision.change) return decision
    const [result] = await store.commit(tenant, [
      {
        collection: 'entity',
        id,
        expectedVersion: stored?.version ?? 0,
        change: decision.change,
        origin,
        ...(decision.next && { next: decision.next }),
      },
    ])
    if (result?.outcome === 'kept') return decision
  }
  throw new Problem('Conflict', `Entity ${id} is being changed by too many writers at once`)
}

/** Reads the canonical text of an entity: only stores write it, so its shape is trusted. */
export function parseEntity(text: string): Entity {
  return JSON.parse(text) as Entity // written by a store from an Entity
}
