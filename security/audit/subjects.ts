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
  /**
   * Destroys the keys of these entities, for every process: what was written of them leads to nobody any more, nor does what
   * is recorded later, until there is such an entity again.
   */
  forget(tenant: Tenant, ids: readonly string[]): Promise<void>
}

export interface SubjectDependencies {
  readonly store: Pick<Store, 'document' | 'commit' | 'read'>
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
/** So long it is known of an entity that its key was destroyed: by then everybody has recorded what was written before. */
const FORGOTTEN_FOR: Micros = 30 * 86_400_000_000

/** What is kept of an entity: its pseudonym, or that it has none, as of this version. */
type Kept = { readonly pseudonym: string } | { readonly isForgotten: boolean; readonly version: number }

/** Keeps one random key for each entity in the store of its tenant, out of the log and of what is answered. */
export function createSubjects({ store, secret, clock, processes }: SubjectDependencies): Subjects {
  const remembered = new LRUCache<string, string>({ max: REMEMBERED })
  /** Grows when keys are destroyed: what was read before that is remembered no more. */
  let destroyed = 0
  const forgetAll = (): void => {
    destroyed++
    remembered.clear()
  }
  processes.hear(TOPIC, forgetAll)
  const placeOf = (id: string): string =>
    createHmac('sha256', secret).update('audit key').update(id).digest('base64url').slice(0, 32)

  async function read(tenant: Tenant, id: string): Promise<Kept> {
    const { document, version = 0 } = (await store.document(tenant, COLLECTION, placeOf(id))) ?? {}
    if (typeof document?.key === 'string') return { pseudonym: pseudonymOf(document.key, id) }
    return { isForgotten: document !== undefined, version }
  }

  /** Somebody else may make the same keys: those that are kept count. */
  async function make(tenant: Tenant, versions: ReadonlyMap<string, number>): Promise<Map<string, string>> {
    const keys = [...versions].map(([id, version]) => ({ id, version, key: newKey() }))
    const results = await store.commit(
      tenant,
      keys.map(({ id, version, key }) =>
        unitOf(placeOf(id), clock(), { expectedVersion: version, next: { key } }),
      ),
    )
    const made = new Map<string, string>()
    for (const [at, { id, key }] of keys.entries()) {
      const kept =
        results[at]?.outcome === 'kept' ? { pseudonym: pseudonymOf(key, id) } : await read(tenant, id)
      if ('pseudonym' in kept) made.set(id, kept.pseudonym)
    }
    return made
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
    const before = destroyed
    const found = new Map<string, string>()
    const without = new Map<string, number>()
    const look = async (id: string): Promise<void> => {
      const pseudonym = remembered.get(`${tenant} ${id}`)
      const kept = pseudonym === undefined ? await read(tenant, id) : { pseudonym }
      if ('pseudonym' in kept) found.set(id, kept.pseudonym)
      else if (!kept.isForgotten || (await store.read(tenant, id))) without.set(id, kept.version)
    }
    await Promise.all([...new Set(ids)].map(look))
    if (without.size > 0) for (const [id, made] of await make(tenant, without)) found.set(id, made)
    if (before === destroyed) for (const [id, made] of found) remembered.set(`${tenant} ${id}`, made)
    // what is gone is named by a key that nobody has
    return ids.map((id) => found.get(id) ?? pseudonymOf(newKey(), id))
  }

  return {
    known,
    of: async (tenant, ids) => {
      const all: string[] = []
      for (let from = 0; from < ids.length; from += TOGETHER)
        all.push(...(await ofPart(tenant, ids.slice(from, from + TOGETHER))))
      return all
    },
    find: async (tenant, id) => {
      const kept = await read(tenant, id)
      return 'pseudonym' in kept ? kept.pseudonym : undefined
    },
    forget: async (tenant, ids) => {
      const gone = { next: { forgotten: true }, expiresAt: clock() + FORGOTTEN_FOR }
      const units = ids.map((id) => unitOf(placeOf(id), clock(), gone))
      if (units.length > 0) await store.commit(tenant, units)
      forgetAll()
      await processes.tell(TOPIC)
    },
  }
}

function newKey(): string {
  return randomBytes(16).toString('base64url')
}

function pseudonymOf(key: string, id: string): string {
  return createHmac('sha256', Buffer.from(key, 'base64url')).update(id).digest('base64url').slice(0, 22)
}

function unitOf(
  id: string,
  at: Micros,
  more: Pick<DocumentUnit, 'expectedVersion' | 'next' | 'expiresAt'>,
): DocumentUnit {
  return { collection: COLLECTION, id, at, origin: { by: 'hub' }, logged: false, ...more }
}
