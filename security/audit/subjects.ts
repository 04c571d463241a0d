import { createHmac, randomBytes } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Tenant } from '../../broker/core/model/tenant.ts'
import type { Micros } from '../../broker/core/model/time.ts'
import type { Processes } from '../../broker/store/port/processes.ts'
import type { DocumentUnit, Store } from '../../broker/store/port/store.ts'

/** Names entities in the log so that only who has their keys can tell which they are. */
export interface Subjects {
  /** Keyed pseudonyms of these entities, in their order. Their keys are on disk when it answers. */
  of(tenant: Tenant, ids: readonly string[]): Promise<readonly string[]>
  /** The same, where the keys are at hand. */
  known(tenant: Tenant, ids: readonly string[]): readonly string[] | undefined
  /** The pseudonym of an entity; undefined: it has none, or none any more. */
  find(tenant: Tenant, id: string): Promise<string | undefined>
  /** Destroys the keys of these entities: what was written of them leads to nobody any more. */
  forget(tenant: Tenant, ids: readonly string[]): Promise<void>
}

export interface SubjectDependencies {
  readonly store: Pick<Store, 'document' | 'commit'>
  /** The hub's secret: keys are found by it, so that they name nobody. */
  readonly secret: Uint8Array
  readonly clock: () => Micros
  /** Others that remember keys of the same store. */
  readonly processes: Pick<Processes, 'tell' | 'hear'>
}

const COLLECTION = 'auditKey'
const TOPIC = 'audit keys'
const REMEMBERED = 100_000
/** Keys that are made with one commit. */
const TOGETHER = 200

/** Keeps one random key for each entity in the store of its tenant, out of the log and of what is answered. */
export function createSubjects({ store, secret, clock, processes }: SubjectDependencies): Subjects {
  const remembered = new LRUCache<string, string>({ max: REMEMBERED })
  processes.hear(TOPIC, () => remembered.clear())
  const placeOf = (id: string): string =>
    createHmac('sha256', secret).update('audit key').update(id).digest('base64url').slice(0, 32)

  async function read(tenant: Tenant, id: string): Promise<string | undefined> {
    const kept = await store.document(tenant, COLLECTION, placeOf(id))
    return typeof kept?.document.key === 'string' ? remember(tenant, id, kept.document.key) : undefined
  }

  function remember(tenant: Tenant, id: string, key: string): string {
    const pseudonym = createHmac('sha256', Buffer.from(key, 'base64url'))
      .update(id)
      .digest('base64url')
      .slice(0, 22)
    remembered.set(`${tenant} ${id}`, pseudonym)
    return pseudonym
  }

  /** Somebody else may make the same keys: those that are kept count. */
  async function make(tenant: Tenant, ids: readonly string[]): Promise<void> {
    const keys = ids.map((id) => [id, randomBytes(16).toString('base64url')] as const)
    const units = keys.map(([id, key]) => unitOf(placeOf(id), clock(), { expectedVersion: 0, next: { key } }))
    const results = await store.commit(tenant, units)
    for (const [at, [id, key]] of keys.entries()) {
      if (results[at]?.outcome === 'kept') remember(tenant, id, key)
      else await read(tenant, id)
    }
  }

  const known = (tenant: Tenant, ids: readonly string[]): readonly string[] | undefined => {
    const found: string[] = []
    for (const id of ids) {
      const pseudonym = remembered.get(`${tenant} ${id}`)
      if (pseudonym === undefined) return undefined
      found.push(pseudonym)
    }
    return found
  }

  async function ofPart(tenant: Tenant, ids: readonly string[]): Promise<readonly string[]> {
    const isUnknown = (id: string): boolean => !remembered.has(`${tenant} ${id}`)
    const unknown = [...new Set(ids.filter(isUnknown))]
    await Promise.all(unknown.map((id) => read(tenant, id)))
    const without = unknown.filter(isUnknown)
    if (without.length > 0) await make(tenant, without)
    return ids.map((id) => remembered.get(`${tenant} ${id}`) ?? '')
  }

  return {
    known,
    of: async (tenant, ids) => {
      const all: string[] = []
      for (let from = 0; from < ids.length; from += TOGETHER)
        all.push(...(await ofPart(tenant, ids.slice(from, from + TOGETHER))))
      return all
    },
    find: async (tenant, id) => remembered.get(`${tenant} ${id}`) ?? read(tenant, id),
    forget: async (tenant, ids) => {
      const units = ids.map((id) => unitOf(placeOf(id), clock(), {}))
      if (units.length > 0) await store.commit(tenant, units)
      for (const id of ids) remembered.delete(`${tenant} ${id}`)
      await processes.tell(TOPIC)
    },
  }
}

function unitOf(id: string, at: Micros, more: Pick<DocumentUnit, 'expectedVersion' | 'next'>): DocumentUnit {
  return { collection: COLLECTION, id, at, origin: { by: 'hub' }, logged: false, ...more }
}
