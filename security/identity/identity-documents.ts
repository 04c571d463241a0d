import type { JsonObject } from '../../broker/core/model/json.ts'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import type { Micros } from '../../broker/core/model/time.ts'
import type { Store } from '../../broker/store/port/store.ts'

/** What the provider keeps, as documents of the store that leave no trace in the log. */
export interface IdentityDocuments {
  read(id: string): Promise<JsonObject | undefined>
  write(id: string, next: JsonObject, expiresAt?: Micros): Promise<void>
  remove(id: string): Promise<void>
  /** Reads, decides and writes until no other writer came between; undefined from `decide` changes nothing. */
  change(
    id: string,
    decide: (current: JsonObject | undefined) => JsonObject | undefined,
    expiresAt?: Micros,
  ): Promise<JsonObject | undefined>
}

const ATTEMPTS = 20
const ORIGIN = { by: 'identity' }

/** Opens the provider's documents in a store. */
export function identityDocuments(store: Store, clock: () => Micros): IdentityDocuments {
  const commit = async (
    id: string,
    next: JsonObject | undefined,
    more: { readonly expectedVersion?: number; readonly expiresAt?: Micros },
  ): Promise<boolean> => {
    const [result] = await store.commit(DEFAULT_TENANT, [
      {
        collection: 'identity',
        id,
        at: clock(),
        origin: ORIGIN,
        logged: false,
        ...(next && { next }),
        ...more,
      },
    ])
    return result?.outcome === 'kept'
  }
  const expiry = (expiresAt: Micros | undefined) => (expiresAt === undefined ? {} : { expiresAt })
  return {
    read: async (id) => (await store.document(DEFAULT_TENANT, 'identity', id))?.document,
    write: async (id, next, expiresAt) => {
      await commit(id, next, expiry(expiresAt))
    },
    remove: async (id) => {
      if (await store.document(DEFAULT_TENANT, 'identity', id)) await commit(id, undefined, {})
    },
    change: async (id, decide, expiresAt) => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const current = await store.document(DEFAULT_TENANT, 'identity', id)
        const next = decide(current?.document)
        if (!next) return current?.document
        const expectedVersion = current?.version ?? 0
        if (await commit(id, next, { expectedVersion, ...expiry(expiresAt) })) return next
      }
      throw new Error(`Identity document is being changed by too many writers at once`)
    },
  }
}
