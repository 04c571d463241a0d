import { LRUCache } from 'lru-cache'
import type { Collection } from '../../core/model/change.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { StoredEntity, Unit, UnitResult } from './store.ts'

interface Changes {
  all: number
  /** Those that can concern entities of any type. */
  ofAny: number
  readonly ofType: Map<Iri, number>
}

/** A change as far as it matters to what is known. */
export interface NotedChange {
  readonly collection: Collection
  readonly id: string
  /** Types of the entity, which are what they were before. */
  readonly types?: readonly Iri[]
}

/** So many histories are known by name. */
const HISTORIES = 20_000
/** Memory that an entity takes besides its text, in characters. */
const OVERHEAD = 200

/**
 * What is known without asking files or a server: how often something changed, and entities that were read. All
 * writes pass it on their way back, before they are answered, so what is known is never older than what was acknowledged.
 */
export class KnownState {
  /** Made when the first entity is seen: the tables take a while to be made. */
  #entities: LRUCache<string, StoredEntity> | undefined
  /** Names of what histories were asked about, until they change. Made when the first one is asked about. */
  #histories: LRUCache<string, number> | undefined
  /** The last name that was given. */
  #named = 0
  readonly #maxCharacters: number
  readonly #changes = new Map<Tenant, Changes>()

  /** At most so many characters of entities are kept; 0: none. */
  constructor(maxCharacters: number) {
    this.#maxCharacters = maxCharacters
  }

  /**
   * Takes notice of what became of a unit, and of the text that it keeps; without a result nobody knows whether it was
   * kept.
   */
  changed(tenant: Tenant, unit: Unit, textOf: () => string | undefined, result?: UnitResult): void {
    if (result && result.outcome !== 'kept') return
    const { collection, id } = unit
    if (collection !== 'entity') this.noted(tenant, { collection, id })
    else {
      const { next, change } = unit
      this.#replace(keyOf(tenant, id), textOf, result?.version)
      this.noted(tenant, { collection, id, ...(next && !change.members && { types: next.types }) })
    }
  }

  /** Takes notice of a change that is kept; without types it can concern entities of any. Texts stay as they are known. */
  noted(tenant: Tenant, { collection, id, types }: NotedChange): void {
    const changes = this.#changesOf(tenant)
    changes.all++
    if (collection === 'entity' || collection === 'evolution') this.#histories?.delete(keyOf(tenant, id))
    if (collection !== 'entity') return
    if (!types) changes.ofAny++
    for (const type of types ?? []) changes.ofType.set(type, (changes.ofType.get(type) ?? 0) + 1)
  }

  /** Counts the changes so far: all, or those that can concern an entity of one of these types. */
  changes(tenant: Tenant, types: readonly Iri[] | undefined): number {
    const changes = this.#changes.get(tenant)
    if (!changes) return 0
    if (!types) return changes.all
    return types.reduce((sum, type) => sum + (changes.ofType.get(type) ?? 0), changes.ofAny)
  }

  /** Names the history of an entity as it is: by another number after each change. */
  history(tenant: Tenant, id: string): number {
    this.#histories ??= new LRUCache({ max: HISTORIES })
    const key = keyOf(tenant, id)
    const name = this.#histories.get(key) ?? ++this.#named
    this.#histories.set(key, name)
    return name
  }

  /** Takes notice that histories of a tenant changed by themselves: nobody wrote them. */
  historiesChanged(tenant: Tenant): void {
    const changes = this.#changesOf(tenant)
    changes.all++
    this.#histories?.clear()
  }

  /** Remembers what a read of the store answered just now. */
  seen(tenant: Tenant, entity: StoredEntity): void {
    if (this.#maxCharacters === 0) return
    this.#entities ??= new LRUCache({
      maxSize: this.#maxCharacters,
      sizeCalculation: ({ text }) => text.length + OVERHEAD,
    })
    this.#entities.set(keyOf(tenant, entity.id), entity)
  }

  /** Answers an entity that is known; undefined: only the store can tell. */
  entity(tenant: Tenant, id: string): StoredEntity | undefined {
    return this.#entities?.get(keyOf(tenant, id))
  }

  /** Forgets the texts of a tenant, which say the same otherwise now: nothing counts as changed. */
  forgetTexts(tenant: Tenant): void {
    const ofTenant = keyOf(tenant, '')
    for (const key of this.#entities?.keys() ?? []) if (key.startsWith(ofTenant)) this.#entities?.delete(key)
  }

  /** Forgets a tenant that is dropped. */
  forget(tenant: Tenant): void {
    this.#changes.delete(tenant)
    this.#histories?.clear()
    this.forgetTexts(tenant)
  }

  /** Forgets an entity: only asking tells what it is. */
  forgetEntity(tenant: Tenant, id: string): void {
    this.#entities?.delete(keyOf(tenant, id))
  }

  #changesOf(tenant: Tenant): Changes {
    const changes = this.#changes.get(tenant) ?? { all: 0, ofAny: 0, ofType: new Map<Iri, number>() }
    this.#changes.set(tenant, changes)
    return changes
  }

  /** Only what was asked for before stays known: most of what is created is not read soon. */
  #replace(key: string, textOf: () => string | undefined, version: number | undefined): void {
    const known = this.#entities?.peek(key)
    if (!known) return
    const text = textOf()
    if (text === undefined || version === undefined) this.#entities?.delete(key)
    // a read may have met the next version already
    else if (version > known.version) this.#entities?.set(key, { id: known.id, version, text })
  }
}

function keyOf(tenant: Tenant, id: string): string {
  return `${tenant} ${id}`
}
