import { randomBytes } from 'node:crypto'
import { DEFAULT_TENANT } from '../core/model/tenant.ts'
import type { Micros } from '../core/model/time.ts'
import type { Store } from '../store/port/store.ts'

/** Answers the hub's own secret, made at its first start: seals cursors and keys pseudonyms. */
export async function hubSecret(store: Store, now: Micros): Promise<Uint8Array> {
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
