import type { JsonObject } from '../core/model/json.ts'
import { Problem } from '../core/model/problem.ts'
import type { Micros } from '../core/model/time.ts'
import { tooMany } from '../store/port/quotas.ts'
import type { DocumentUnit, Store } from '../store/port/store.ts'

/** Names one document, and what it is called in refusals. */
export interface OfDocument extends Pick<DocumentUnit, 'collection' | 'id' | 'origin'> {
  readonly tenant: Parameters<Store['commit']>[0]
  readonly what: string
}

/** What is to be kept of a document; without `next` it is deleted. */
export type KeptDocument = Pick<DocumentUnit, 'next' | 'expiresAt' | 'logged'>

const ATTEMPTS = 20

/** Reads, decides and commits until no other writer came between; answers what was kept, with its version. @throws Problem Conflict */
export async function keepDocument(
  { store, clock }: { readonly store: Store; readonly clock: () => Micros },
  { tenant, collection, id, origin, what }: OfDocument,
  decide: (current: JsonObject | undefined, now: Micros) => KeptDocument | Promise<KeptDocument>,
): Promise<{ readonly version: number; readonly next?: JsonObject }> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const at = clock()
    const stored = await store.document(tenant, collection, id)
    const kept = await decide(stored?.document, at)
    const unit = { collection, id, expectedVersion: stored?.version ?? 0, at, origin }
    const [result] = await store.commit(tenant, [{ ...unit, ...kept }])
    if (result?.outcome === 'full') throw tooMany(collection, result.most)
    if (result?.outcome !== 'kept') continue
    return { version: result.version, ...(kept.next && { next: kept.next }) }
  }
  throw new Problem('Conflict', `${what} is being changed by too many writers at once`)
}
