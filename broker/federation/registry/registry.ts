import type { JsonObject } from '../../core/model/json.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Micros } from '../../core/model/time.ts'
import type { Store } from '../../store/port/store.ts'
import { walkDocuments } from '../../store/port/walk-documents.ts'
import { type Claims, createClaims } from './claims.ts'
import { Expiries } from './expiries.ts'
import { matchRegistrations } from './match-registrations.ts'
import { hasWrites } from './operation-names.ts'
import type { Registration } from './registration.ts'
import { RegistrationIndex } from './registration-index.ts'
import type { Seeking } from './sought.ts'
import { isProxied } from './taken-by.ts'

/** What is known about one registration after a commit. */
export interface RegistrationState {
  readonly id: string
  /** Version of the document in the store; an older state never replaces a newer one. */
  readonly version: number
  /** Absent: it was deleted. */
  readonly registration?: Registration
}

/** The registrations of every tenant in memory, indexed by what they say of themselves. */
export interface Registry {
  /** Takes over what a commit did to a registration. */
  apply(tenant: Tenant, state: RegistrationState): void
  /** Registrations that can match: a superset for `matchRegistrations`, in an order that stays while they do. */
  candidates(tenant: Tenant, seeking: Seeking): Iterable<Registration>
  /**
   * Exclusive and redirect registrations of the current state that match, also those that have expired since. No ids: those
   * that are open to more than single ids, and maybe others.
   */
  proxied(tenant: Tenant, seeking: Seeking): Iterable<Registration>
  all(tenant: Tenant): readonly Registration[]
  /** Tells whether a registration is there as it stands, not changed since. */
  holds(tenant: Tenant, registration: Registration): boolean
  /** Takes over what a source says of itself: its pseudonym in `Via`, where its registration still gives none. */
  learn(tenant: Tenant, registration: Registration, alias: string): void
  /** Of the candidates those that a write may be a matter of: they hold something alone, or offer to be written to. */
  writable(tenant: Tenant, seeking: Seeking): Iterable<Registration>
  /** Tells whether there are any of these at all. */
  takesWrites(tenant: Tenant): boolean
  /** Forgets registrations that have expired: they match nothing any more. */
  dropExpired(tenant: Tenant, now: Micros): void
  /** Answers which registrations were forgotten because they have expired, each once: they are still kept. */
  takeExpired(tenant: Tenant, now: Micros): readonly string[]
  /** Grows with every change of the tenant's registrations: for cache keys. */
  generation(tenant: Tenant): number
  /** Puts registrations that take something away, and writes of what they take, one behind the other. */
  readonly claims: Claims
}

/** Makes an empty registry. */
export function createRegistry(): Registry {
  const tenants = new Map<Tenant, TenantRegistry>()
  return {
    apply: (tenant, state) => {
      const known = tenants.get(tenant) ?? new TenantRegistry()
      tenants.set(tenant, known)
      known.apply(state)
    },
    candidates: (tenant, seeking) => tenants.get(tenant)?.all.find(seeking) ?? [],
    proxied: (tenant, seeking) => tenants.get(tenant)?.findProxied(seeking) ?? [],
    all: (tenant) => tenants.get(tenant)?.registrations() ?? [],
    holds: (tenant, registration) => tenants.get(tenant)?.versionOf(registration) !== undefined,
    learn: (tenant, registration, alias) => {
      const known = tenants.get(tenant)
      const version = known?.versionOf(registration)
      if (version !== undefined)
        known?.apply({ id: registration.id, version, registration: { ...registration, alias } })
    },
    writable: (tenant, seeking) => tenants.get(tenant)?.writable.find(seeking) ?? [],
    takesWrites: (tenant) => tenants.get(tenant)?.writable.isEmpty === false,
    dropExpired: (tenant, now) => tenants.get(tenant)?.dropExpired(now),
    takeExpired: (tenant, now) => tenants.get(tenant)?.takeExpired(now) ?? [],
    generation: (tenant) => tenants.get(tenant)?.generation ?? 0,
    claims: createClaims(),
  }
}

/** Fills a registry with what the store keeps, tenant by tenant: once, at start. */
export async function loadRegistry(
  registry: Registry,
  store: Store,
  read: (document: JsonObject, tenant: Tenant) => Registration,
): Promise<void> {
  for (const tenant of await store.tenants()) {
    for await (const { id, version, document } of walkDocuments(store, tenant, 'registration'))
      registry.apply(tenant, { id, version, registration: read(document, tenant) })
  }
}

interface Entry {
  readonly version: number
  readonly registration: Registration
}

class TenantRegistry {
  generation = 0
  readonly all = new RegistrationIndex()
  readonly writable = new RegistrationIndex()
  readonly #proxied = new RegistrationIndex()
  readonly #entries = new Map<string, Entry>()
  readonly #expiries = new Expiries()
  /** Forgotten because they have expired, and not taken yet. */
  readonly #expired = new Set<string>()

  apply({ id, version, registration }: RegistrationState): void {
    const before = this.#entries.get(id)
    if (before && before.version > version) return
    this.generation++
    if (before) this.#forget(before)
    if (!registration) return
    this.#entries.set(id, { version, registration })
    this.all.add(registration)
    if (isProxied(registration)) this.#proxied.add(registration)
    if (mayBeWritten(registration)) this.writable.add(registration)
    if (registration.expiresAt !== undefined) this.#expiries.add({ id, at: registration.expiresAt })
  }

  versionOf(registration: Registration): number | undefined {
    const entry = this.#entries.get(registration.id)
    return entry?.registration === registration ? entry.version : undefined
  }

  findProxied(seeking: Seeking): Iterable<Registration> {
    return this.#proxied.isEmpty ? [] : matching(this.#proxied.find(seeking), seeking)
  }

  registrations(): readonly Registration[] {
    return [...this.#entries.values()].map(({ registration }) => registration)
  }

  dropExpired(now: Micros): void {
    for (let id = this.#expiries.due(now); id !== undefined; id = this.#expiries.due(now)) {
      const { version } = this.#entries.get(id) ?? { version: 0 }
      this.apply({ id, version })
      this.#expired.add(id)
    }
  }

  takeExpired(now: Micros): readonly string[] {
    this.dropExpired(now)
    const taken = [...this.#expired]
    this.#expired.clear()
    return taken
  }

  #forget({ registration }: Entry): void {
    const { id, expiresAt } = registration
    this.#entries.delete(id)
    this.all.remove(registration)
    this.#proxied.remove(registration)
    this.writable.remove(registration)
    if (expiresAt !== undefined) this.#expiries.remove({ id, at: expiresAt })
  }
}

function mayBeWritten({ mode, operations }: Registration): boolean {
  return isProxied({ mode }) || (mode === 'inclusive' && hasWrites(operations))
}

function* matching(found: Iterable<Registration>, seeking: Seeking): Generator<Registration> {
  const { ids = [], ...open } = seeking
  const asked = { ...open, ...(ids.length > 0 && { ids }), via: [], now: Number.NEGATIVE_INFINITY }
  for (const registration of found) {
    if (matchRegistrations([registration], asked).length > 0) yield registration
  }
}
