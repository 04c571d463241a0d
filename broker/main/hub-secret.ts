import { randomBytes } from 'node:crypto'
import { DEFAULT_TENANT } from '../core/model/tenant.ts'
import type { Micros } from '../core/model/time.ts'
import type { Store } from '../store/port/store.ts'

/**
 * Answers the hub's own secret: seals credentials and cursors, and keys pseudonyms. It is the one that was configured, in
 * base64, or one that is made at the first start and kept beside what it seals.
 */
export async function hubSecret(configured: string, store: Store, now: Micros): Promise<Uint8Array> {
  if (configured !== '') return Buffer.from(configured, 'base64')
  for (let attempt = 0; attempt < 3; attempt++) {
    const kept = await store.document(DEFAULT_TENANT, 'identity', 'hub-secret')
    if (typeof kept?.document.secret === 'string') return Buffer.from(kept.document.secret, 'base64url')
    const next = { secret: randomBytes(32).toString('base64url') }
    await store.commit(DEFAULT_TENANT, [
      {
        collection: 'identity',
        id: 'hub-secret',
        expectedVersion: 0,
        next,
        at: now,
        origin: { by: 'hub' },
        logged: false,
      },
    ])
  }
  throw new Error('Store does not keep the hub secret')
}
