import type { Iri } from '../../core/model/iri.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { TypeNode } from '../../core/query/ast.ts'
import { typesIn } from '../../core/query/types-in.ts'
import type { Store } from '../../store/port/store.ts'
import type { Registration } from './registration.ts'
import { isProxied } from './taken-by.ts'

/** What is known about one registration after a commit. */
export interface RegistrationState {
  readonly id: string
  /** Version of the document in the store; an older state never replaces a newer one. */
  readonly version: number
  /** Absent: it was deleted. */
  readonly registration?: Registration
}

/** The registrations of every tenant in memory, indexed by type and by id. */
export interface Registry {
  /** Takes over what a commit did to a registration. */
  apply(tenant: Tenant, state: RegistrationState): void
  /** Registrations that can match these types and ids: a superset for `matchRegistrations`, in stable order. */
  candidates(
    tenant: Tenant,
    request: { readonly types?: TypeNode; readonly ids?: readonly string[] },
  ): readonly Registration[]
  /** The same of exclusive and redirect registrations alone. */
  proxied(
    tenant: Tenant,
    request: { readonly types?: TypeNode; readonly ids?: readonly string[] },
  ): readonly Registration[]
  all(tenant: Tenant): readonly Registration[]
  /** Forgets registrations that have expired: they match nothing any more. */
  dropExpired(tenant: Tenant, now: Micros): void
  /** Answers which registrations were forgotten because they have expired, each once: they are still kept. */
  takeExpired(tenant: Tenant, now: Micros): readonly string[]
  /** Grows with every change of the tenant's registrations: for cache keys. */
  generation(tenant: Tenant): number
}

/** Makes an empty registry. */
export function createRegistry(): Registry {
  const tenants = new Map<Tenant, TenantRegistry>()
  return {
    apply: (tenant, state) => {
      const known = tenants.get(tenant) ?? emptyTenant()
      tenants.set(tenant, known)
      applyState(known, state)
    },
    candidates: (tenant, request) => {
      const known = tenants.get(tenant)
      return known ? candidatesOf(known.index, request) : []
    },
    proxied: (tenant, request) => {
      const known = tenants.get(tenant)
      return known && known.proxied.members.size > 0 ? candidatesOf(known.proxied, request) : []
    },
    all: (tenant) =>
      [...(tenants.get(tenant)?.entries.values() ?? [])].map(({ registration }) => registration),
    dropExpired,
    takeExpired: (tenant, now) => {
      dropExpired(tenant, now)
      const expired = tenants.get(tenant)?.expired
      const taken = [...(expired ?? [])]
      expired?.clear()
      return taken
    },
    generation: (tenant) => tenants.get(tenant)?.generation ?? 0,
  }

  function dropExpired(tenant: Tenant, now: Micros): void {
    const known = tenants.get(tenant)
    for (const { version, registration } of known?.entries.values() ?? []) {
      const { id, expiresAt } = registration
      if (!known || expiresAt === undefined || expiresAt > now) continue
      applyState(known, { id, version })
      known.expired.add(id)
    }
  }
}

const PAGE = 500

/** Fills a registry with what the store keeps, tenant by tenant: once, at start. */
export async function loadRegistry(
  registry: Registry,
  store: Store,
  read: (document: JsonObject, tenant: Tenant) => Registration,
): Promise<void> {
  for (const tenant of await store.tenants()) {
    let after: string | undefined
    do {
      const page = await store.documents(tenant, 'registration', {
        limit: PAGE,
        ...(after !== undefined && { after }),
      })
      for (const { id, version, document } of page) {
        registry.apply(tenant, { id, version, registration: read(document, tenant) })
      }
      after = page.length < PAGE ? undefined : page.at(-1)?.id
    } while (after !== undefined)
  }
}

interface Entry {
  readonly version: number
  readonly registration: Registration
}

interface TenantRegistry {
  generation: number
  readonly entries: Map<string, Entry>
  /** Forgotten because they have expired, and not taken yet. */
  readonly expired: Set<string>
  readonly index: Index
  /** Of exclusive and redirect registrations alone. */
  readonly proxied: Index
}

interface Index {
  readonly members: Set<Registration>
  readonly byType: Map<Iri, Set<Registration>>
  readonly byId: Map<string, Set<Registration>>
  /** Those with a part that is open to any type. */
  readonly anyType: Set<Registration>
  /** Those with a part that is open to more than single ids. */
  readonly anyId: Set<Registration>
}

function emptyTenant(): TenantRegistry {
  return {
    generation: 0,
    entries: new Map(),
    expired: new Set(),
    index: emptyIndex(),
    proxied: emptyIndex(),
  }
}

function emptyIndex(): Index {
  return {
    members: new Set(),
    byType: new Map(),
    byId: new Map(),
    anyType: new Set(),
    anyId: new Set(),
  }
}

function applyState(known: TenantRegistry, { id, version, registration }: RegistrationState): void {
  const before = known.entries.get(id)
  if (before && before.version > version) return
  known.generation++
  if (before) for (const set of places(known, before.registration)) set.delete(before.registration)
  if (!registration) {
    known.entries.delete(id)
    return
  }
  known.entries.set(id, { version, registration })
  for (const set of places(known, registration)) set.add(registration)
}

function places(known: TenantRegistry, registration: Registration): readonly Set<Registration>[] {
  const indexes = isProxied(registration) ? [known.index, known.proxied] : [known.index]
  return indexes.flatMap((index) => [index.members, ...placesIn(index, registration)])
}

function placesIn(index: Index, { information }: Registration): readonly Set<Registration>[] {
  return information.flatMap(({ entities }) => {
    if (entities.length === 0) return [index.anyType, index.anyId]
    return entities.flatMap(({ types, id }) => [
      ...(types.length === 0 ? [index.anyType] : types.map((type) => place(index.byType, type))),
      id === undefined ? index.anyId : place(index.byId, id),
    ])
  })
}

function place(index: Map<string, Set<Registration>>, key: string): Set<Registration> {
  const set = index.get(key) ?? new Set()
  index.set(key, set)
  return set
}

function candidatesOf(
  index: Index,
  { types, ids }: { readonly types?: TypeNode; readonly ids?: readonly string[] },
): readonly Registration[] {
  const named = typesIn(types)
  const byType = named && union(index.anyType, named, index.byType)
  const byId = ids && union(index.anyId, ids, index.byId)
  if (!byType && !byId) return [...index.members]
  const chosen =
    byType && byId ? [...byType].filter((registration) => byId.has(registration)) : (byType ?? byId)
  return [...(chosen ?? [])].sort((left, right) => (left.id < right.id ? -1 : 1))
}

function union(
  open: ReadonlySet<Registration>,
  keys: readonly string[],
  index: ReadonlyMap<string, ReadonlySet<Registration>>,
): ReadonlySet<Registration> {
  const found = new Set(open)
  for (const key of keys) for (const registration of index.get(key) ?? []) found.add(registration)
  return found
}
