import { setImmediate as nextTurn } from 'node:timers/promises'
import { type Person, parsePerson } from '../../../security/privacy/person.ts'
import { textsIn } from '../../../security/privacy/register.ts'
import { RESTRICTION, type RestrictedData } from '../../../security/privacy/restricted-data.ts'
import type { Seal } from '../../../security/seal.ts'
import type { LogRecord } from '../../core/model/change.ts'
import type { Entity } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import { isJsonArray, isJsonObject, type JsonObject } from '../../core/model/json.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { View } from '../../core/view/view.ts'
import { walkDocuments } from '../../store/port/walk-documents.ts'
import { keepDocument } from '../keep-document.ts'
import type { SearchDependencies } from './privacy-dependencies.ts'
import { hersOf } from './traces.ts'

/** What the watch works with. */
export interface RestrictionWatchDependencies extends SearchDependencies {
  readonly restricted: RestrictedData
  /** Opens whom a restriction is of. */
  readonly restrictionSeal: Seal
  /** Everything in clear: it is looked for her, and shown to nobody. */
  readonly view: () => View
  readonly failed: (error: unknown) => void
}

/** A restriction, and whose it is. */
interface Followed {
  readonly id: string
  readonly person: Person
  /** Where the log ended when she was looked for. */
  readonly since: number
  /** The log was not looked at for it yet: others may be further on. */
  readonly isNew: boolean
}

/** Entity → attributes of it that are hers. */
type Found = Map<string, Set<Iri>>

const COLLECTION = 'privacy'
const PLACE = 'restriction-watch'
const ORIGIN = { by: 'hub' }
/** So many records are looked at in one turn, some together before others are served. */
const PER_TURN = 500
const TOGETHER = 25

/** Binds whom a restriction is of to where it is kept. */
export function restrictionBound(tenant: Tenant, id: string): string {
  return JSON.stringify([tenant, id])
}

/**
 * Follows the log of tenants with restrictions: what is written of a restricted person later is hidden too, as soon as it
 * was looked at. Where there are none, nothing is looked at.
 */
export class RestrictionWatch {
  readonly #dependencies: RestrictionWatchDependencies
  readonly #grown = new Set<Tenant>()
  readonly #positions = new Map<Tenant, number>()
  #unwatch: (() => void) | undefined
  #turn: Promise<void> | undefined
  #stopped = false

  constructor(dependencies: RestrictionWatchDependencies) {
    this.#dependencies = dependencies
  }

  start(): void {
    const { store, restricted, failed } = this.#dependencies
    this.#unwatch = store.watch(({ tenant }) => this.#look(tenant))
    const lookAll = async (): Promise<void> => {
      for (const tenant of await store.tenants()) this.#look(tenant)
    }
    lookAll().catch(failed)
    // what another process restricts is known here only after something was written of it already
    restricted.follow(() => void (this.#stopped || lookAll().catch(failed)))
  }

  /** Looks no more; resolves when nothing is under way. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#unwatch?.()
    await this.#turn
  }

  /** Resolves when all that was written to a tenant until now was looked at. */
  async follow(tenant: Tenant): Promise<void> {
    this.#look(tenant)
    while (this.#turn) await this.#turn
  }

  #look(tenant: Tenant): void {
    if (!this.#dependencies.restricted.isRestricted(tenant)) return
    this.#grown.add(tenant)
    this.#begin()
  }

  #begin(): void {
    this.#turn ??= this.#lookAll()
      .catch(this.#dependencies.failed)
      .finally(() => {
        this.#turn = undefined
        if (this.#grown.size > 0 && !this.#stopped) this.#begin()
      })
  }

  async #lookAll(): Promise<void> {
    // what is committed together is looked at together
    await nextTurn()
    for (const tenant of this.#grown) {
      this.#grown.delete(tenant)
      if (!this.#stopped && (await this.#lookAt(tenant))) this.#grown.add(tenant)
    }
  }

  /** Answers whether there is more. */
  async #lookAt(tenant: Tenant): Promise<boolean> {
    const { store, restricted } = this.#dependencies
    const all = await this.#followed(tenant)
    const known = await this.#positionOf(tenant)
    const position = Math.min(...all.map(({ since, isNew }) => (isNew ? since : Math.max(known, since))))
    const records = all.length === 0 ? [] : await store.log(tenant, position, PER_TURN)
    const last = records.at(-1)
    if (!last) return false
    let any = false
    for (const followed of all) {
      const found = await this.#find(followed.person, records)
      if (found.size > 0) any = (await this.#extend(tenant, followed, found)) || any
    }
    if (any) await restricted.load()
    await this.#goOn(tenant, last.sequence)
    // only now: cut off before, it begins again where she was looked for
    for (const followed of all) if (followed.isNew) await this.#change(tenant, followed, withPlace)
    return records.length === PER_TURN
  }

  async #followed(tenant: Tenant): Promise<readonly Followed[]> {
    const { store, restrictionSeal } = this.#dependencies
    const all: Followed[] = []
    for await (const { id, document } of walkDocuments(store, tenant, COLLECTION, RESTRICTION)) {
      const { sealed, since, followed } = document
      const text =
        typeof sealed === 'string' ? restrictionSeal.open(sealed, restrictionBound(tenant, id)) : undefined
      if (text === undefined) continue
      const person = parsePerson(JSON.parse(text))
      all.push({ id, person, since: Number(since), isNew: followed !== true })
    }
    return all
  }

  async #find(person: Person, records: readonly LogRecord[]): Promise<Found> {
    const { view } = this.#dependencies
    const found: Found = new Map()
    for (const [at, { collection, after }] of records.entries()) {
      if (at % TOGETHER === TOGETHER - 1) await nextTurn()
      if (collection !== 'entity' || !after) continue
      const entity = after as unknown as Entity // records of this collection have entities
      const { names } = hersOf(this.#dependencies, { person, view: view() }, entity)
      if (names.size > 0) found.set(entity.id, new Set([...(found.get(entity.id) ?? []), ...names]))
    }
    return found
  }

  /** Answers whether the restriction is about more now. */
  async #extend(tenant: Tenant, followed: Followed, found: Found): Promise<boolean> {
    let isMore = false
    await this.#change(tenant, followed, (current) => {
      const entities = extended(current, found)
      isMore = entities !== undefined
      return { ...current, ...(entities && { entities }) }
    })
    return isMore
  }

  /** Changes a restriction; one that was lifted meanwhile stays so. */
  async #change(
    tenant: Tenant,
    { id }: Followed,
    change: (current: JsonObject) => JsonObject,
  ): Promise<void> {
    const place = { tenant, collection: COLLECTION, id, origin: ORIGIN, what: 'Restriction' } as const
    await keepDocument(this.#dependencies, place, (current) => ({
      logged: false,
      ...(current && { next: change(current) }),
    }))
  }

  /** Up to where the log was looked at; it may be long ago, when there was a restriction before. */
  async #positionOf(tenant: Tenant): Promise<number> {
    const { store } = this.#dependencies
    const known = this.#positions.get(tenant)
    if (known !== undefined) return known
    const kept = (await store.document(tenant, COLLECTION, PLACE))?.document.position
    return typeof kept === 'number' ? kept : 0
  }

  async #goOn(tenant: Tenant, position: number): Promise<void> {
    const { store, clock } = this.#dependencies
    this.#positions.set(tenant, position)
    const unit = { collection: COLLECTION, id: PLACE, at: clock(), origin: ORIGIN, logged: false } as const
    await store.commit(tenant, [{ ...unit, next: { position } }])
  }
}

/** From now on it is followed from where all are. */
function withPlace(restriction: JsonObject): JsonObject {
  return { ...restriction, followed: true }
}

/** Answers the entities of a restriction with those that were found; undefined: all of it is there. */
function extended({ entities }: JsonObject, found: Found): readonly JsonObject[] | undefined {
  const names = new Map<string, Set<Iri>>()
  for (const each of isJsonArray(entities) ? entities.filter(isJsonObject) : [])
    names.set(String(each.id), new Set(textsIn(each, 'names')))
  let isMore = false
  for (const [id, hers] of found) {
    const before = names.get(id) ?? new Set()
    names.set(id, before)
    for (const name of hers) {
      isMore ||= !before.has(name)
      before.add(name)
    }
  }
  return isMore ? [...names].map(([id, all]) => ({ id, names: [...all] })) : undefined
}
