import { LRUCache } from 'lru-cache'
import type { Iri } from '../../core/model/iri.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { StoredEntity, Unit } from '../port/store.ts'

const VERSIONS = 100_000

interface Changes {
  all: number
  /** Those that can concern entities of any type. */
  ofAny: number
  readonly ofType: Map<Iri, number>
}

/**
 * What the reading thread knows without asking a file. All writes pass it on their way back, before they are answered,
 * so what is known is never older than what was acknowledged.
 */
export class KnownState {
  /** Made when the first version is seen: the tables take a while to be made. */
  #versions: LRUCache<string, number> | undefined
  readonly #changes = new Map<Tenant, Changes>()

  /** Takes notice that these units were kept, or that nobody knows whether they were. */
  changed(tenant: Tenant, units: readonly Unit[]): void {
    const changes = this.#changes.get(tenant) ?? { all: 0, ofAny: 0, ofType: new Map<Iri, number>() }
    this.#changes.set(tenant, changes)
    for (const unit of units) {
      changes.all++
      if (unit.collection !== 'entity') continue
      this.#versions?.delete(keyOf(tenant, unit.id))
      if (!unit.next || unit.change.members) changes.ofAny++
      for (const type of unit.next?.types ?? []) changes.ofType.set(type, (changes.ofType.get(type) ?? 0) + 1)
    }
  }

  /** Counts the changes so far: all, or those that can concern an entity of one of these types. */
  changes(tenant: Tenant, types: readonly Iri[] | undefined): number {
    const changes = this.#changes.get(tenant)
    if (!changes) return 0
    if (!types) return changes.all
    return types.reduce((sum, type) => sum + (changes.ofType.get(type) ?? 0), changes.ofAny)
  }

  /** Remembers what a read of the file answered just now. */
  seen(tenant: Tenant, { id, version }: StoredEntity): void {
    this.#versions ??= new LRUCache({ max: VERSIONS })
    this.#versions.set(keyOf(tenant, id), version)
  }

  /** Forgets a tenant that is dropped. */
  forget(tenant: Tenant): void {
    this.#changes.delete(tenant)
  }

  version(tenant: Tenant, id: string): number | undefined {
    return this.#versions?.get(keyOf(tenant, id))
  }
}

function keyOf(tenant: Tenant, id: string): string {
  return `${tenant} ${id}`
}
