import { LRUCache } from 'lru-cache'
import type { Iri } from '../../../core/model/iri.ts'
import { isHidden, type Tenant } from '../../../core/model/tenant.ts'
import { canonicalEntity } from '../../port/canonical.ts'
import { KnownState, type NotedChange } from '../../port/known-state.ts'
import type { StoredEntity, Unit, UnitResult } from '../../port/store.ts'

/** How much a store may know, and for how long without being told. */
export interface KnowingOptions {
  /** At most so many characters of entities are kept at hand. */
  readonly maxCharacters: number
  /** What is known beside others may be older than the database by so many milliseconds; 0: then nothing is known. */
  readonly staleness: number
  /** Called when others committed something. */
  readonly grown: (tenant: Tenant) => void
}

/** What another process committed. */
export interface OthersChange extends NotedChange {
  readonly tenant: Tenant
  /** That the commit gave it. */
  readonly version: number
}

/** So many commits of this process are recognised when they are told of again. */
const OWN_VERSIONS = 10_000

/**
 * What a store on MongoDB knows without asking: all, where no other process commits; beside others, what entities they
 * committed up to a while ago, as far as it was told in time. Before it is told anything it takes it that there are others of
 * which it knows nothing. Everything that this process commits passes it before it is answered.
 */
export class KnownCommits {
  readonly #options: KnowingOptions
  readonly #state: KnownState
  #alone = false
  /** Up to when what others commit to a tenant was told of. */
  readonly #toldUntil = new Map<Tenant, number>()
  /** Reads under way of entities that nobody changed meanwhile. */
  readonly #reading = new Map<string, symbol>()
  /** Versions that this process gave and was not told of yet. */
  readonly #own = new LRUCache<string, true>({ max: OWN_VERSIONS })
  /** Tenants with writes of which nobody knows yet whether they are still to come, and how many. */
  readonly #doubts = new Map<Tenant, number>()

  constructor(options: KnowingOptions) {
    this.#options = options
    this.#state = new KnownState(options.maxCharacters)
  }

  /** No other process commits, nor will while this one lives. */
  get alone(): boolean {
    return this.#alone
  }

  /** Is told, before this process reads or commits anything, that it is alone for good. */
  beAlone(): void {
    this.#alone = true
  }

  /** Is told what some process committed: in any order, more than once too, and of commits of this process as well. */
  committed({ tenant, version, ...change }: OthersChange): void {
    if (this.#own.delete(ownKey(tenant, version))) return
    this.#state.noted(tenant, change)
    if (change.collection === 'entity') this.#forgetEntity(tenant, change.id)
    this.#options.grown(tenant)
  }

  /** Is told that whatever others committed of entities of a tenant before this time of `performance.now` has been told. */
  toldUntil(tenant: Tenant, time: number): void {
    this.#toldUntil.set(tenant, time)
  }

  /** Is told that not all was told of a tenant: until the next `toldUntil` nothing of it is known. */
  lost(tenant: Tenant): void {
    this.#toldUntil.delete(tenant)
    this.#state.noted(tenant, { collection: 'entity', id: '' })
    this.forgetTexts(tenant)
    this.#options.grown(tenant)
  }

  /** Names what is to be read of a tenant; undefined: only the database can tell. */
  generation(tenant: Tenant, types?: readonly Iri[]): number | undefined {
    const tells = types ? this.#isCurrent(tenant) : this.#isOwn(tenant)
    return tells ? this.#state.changes(tenant, types) : undefined
  }

  /** Names the history of an entity; undefined: only the database can tell. */
  history(tenant: Tenant, id: string): number | undefined {
    return this.#isOwn(tenant) ? this.#state.history(tenant, id) : undefined
  }

  /** Answers the version of an entity; undefined: only the database can tell. */
  version(tenant: Tenant, id: string): number | undefined {
    return this.#isCurrent(tenant) ? this.#state.entity(tenant, id)?.version : undefined
  }

  /** Reads an entity, from memory where nobody else can have changed it: what is decided is never decided on less. */
  async read(
    tenant: Tenant,
    id: string,
    ask: () => Promise<StoredEntity | undefined>,
  ): Promise<StoredEntity | undefined> {
    const known = this.#alone ? this.#state.entity(tenant, id) : undefined
    if (known) return known
    const key = keyOf(tenant, id)
    if (!this.#isCurrent(tenant) || this.#reading.has(key)) return ask()
    const own = Symbol(key)
    this.#reading.set(key, own)
    try {
      const found = await ask()
      if (found && this.#reading.get(key) === own) this.#state.seen(tenant, found)
      return found
    } finally {
      if (this.#reading.get(key) === own) this.#reading.delete(key)
    }
  }

  /** Takes notice of what became of a unit; without a result nobody knows. */
  changed(tenant: Tenant, unit: Unit, result?: UnitResult): void {
    const { collection, id } = unit
    const textOf = () => (unit.collection === 'entity' && unit.next ? canonicalEntity(unit.next) : undefined)
    this.#state.changed(tenant, unit, textOf, result)
    if (!this.#alone && result?.outcome === 'kept') this.#own.set(ownKey(tenant, result.version), true)
    if (collection !== 'entity') return
    // whoever meets another version than he read has read too little
    if (result?.outcome === 'conflict') this.#forgetEntity(tenant, id)
    else this.#reading.delete(keyOf(tenant, id))
  }

  /** Nothing of a tenant is known until `settled`, since a write without an answer may still come. */
  async doubted(tenant: Tenant, settled: Promise<void>): Promise<void> {
    this.#doubts.set(tenant, (this.#doubts.get(tenant) ?? 0) + 1)
    await settled
    const left = (this.#doubts.get(tenant) ?? 1) - 1
    if (left > 0) this.#doubts.set(tenant, left)
    else this.#doubts.delete(tenant)
  }

  /** Histories of a tenant changed by themselves. */
  historiesChanged(tenant: Tenant): void {
    this.#state.historiesChanged(tenant)
  }

  /** Texts of a tenant say the same otherwise now. */
  forgetTexts(tenant: Tenant): void {
    this.#reading.clear()
    this.#state.forgetTexts(tenant)
  }

  /** Forgets a tenant that is dropped. */
  forget(tenant: Tenant): void {
    this.#reading.clear()
    this.#state.forget(tenant)
  }

  /** Nobody but this process changes a tenant, and it knows what became of that. */
  #isOwn(tenant: Tenant): boolean {
    return this.#alone && !this.#doubts.has(tenant)
  }

  /** Beside others entities alone are known: what is kept no longer of histories, and hidden tenants, go without a word. */
  #isCurrent(tenant: Tenant): boolean {
    if (this.#alone || this.#doubts.has(tenant) || isHidden(tenant)) return this.#isOwn(tenant)
    const told = this.#toldUntil.get(tenant) ?? Number.NEGATIVE_INFINITY
    return performance.now() - told < this.#options.staleness
  }

  #forgetEntity(tenant: Tenant, id: string): void {
    this.#reading.delete(keyOf(tenant, id))
    this.#state.forgetEntity(tenant, id)
  }
}

function keyOf(tenant: Tenant, id: string): string {
  return `${tenant} ${id}`
}

function ownKey(tenant: Tenant, version: number): string {
  return `${tenant} ${version}`
}
