import type { Iri } from '../../core/model/iri.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { EvolutionUnit } from '../port/evolution.ts'
import type { DocumentUnit, EntityUnit, Store, Unit } from '../port/store.ts'
import { isUnder, type Seal, type Sealing } from './seal.ts'
import type { SealedAttributes } from './sealed-attributes.ts'
import { SEALING_COLLECTION } from './sealing-state.ts'

/** What units are sealed with. */
export interface UnitSeal {
  readonly seal: Seal
  readonly attributes: () => SealedAttributes
  readonly lost: readonly string[]
}

/** Seals units on their way to the store, and remembers what was given for what of them is told of at once. */
export class SealedUnits {
  readonly #inner: Pick<Store, 'evolutions' | 'document'>
  readonly #seal: Seal
  readonly #attributes: () => SealedAttributes
  readonly #lost: readonly string[]
  readonly #given = new WeakMap<object, object>()

  constructor(inner: Pick<Store, 'evolutions' | 'document'>, { seal, attributes, lost }: UnitSeal) {
    this.#inner = inner
    this.#seal = seal
    this.#attributes = attributes
    this.#lost = lost
  }

  /** Answers the units as they are kept; at once, unless types of an entity have to be looked up. */
  seal(tenant: Tenant, units: readonly Unit[]): readonly Unit[] | Promise<readonly Unit[]> {
    const known = new Map<string, Sealing['known']>()
    const sealed = units.map((unit) => {
      if (unit.collection === 'entity') return this.#sealEntity(tenant, unit, known)
      return unit.collection === 'evolution'
        ? this.#sealEvolution(tenant, unit)
        : this.#sealDocument(tenant, unit)
    })
    return sealed.some((unit) => unit instanceof Promise) ? Promise.all(sealed) : (sealed as readonly Unit[]) // none is a promise
  }

  /** Answers what was given where this was kept, as long as that is at hand. */
  given<Kept extends object>(kept: Kept): Kept | undefined {
    return this.#given.get(kept) as Kept | undefined // what was kept is of the type of what was given
  }

  #sealEntity(tenant: Tenant, unit: EntityUnit, known: Map<string, Sealing['known']>): EntityUnit {
    const { id, before, next, change } = unit
    const sealingOf = (types: readonly Iri[]): Sealing => {
      const key = JSON.stringify([id, types])
      const ofEntity = known.get(key) ?? new Map()
      known.set(key, ofEntity)
      return { owner: { tenant, id }, types, known: ofEntity }
    }
    const earlier = before && this.#remember(before, this.#seal.sealEntity(before, sealingOf(before.types)))
    const later = next && this.#remember(next, this.#seal.sealEntity(next, sealingOf(next.types)))
    const sealing = sealingOf((next ?? before)?.types ?? [])
    const { attributes, recorded } = change
    const changes = this.#remember(attributes, this.#seal.sealChanges(attributes, sealing))
    const told = recorded && this.#seal.sealChanges(recorded, sealing)
    if (earlier === before && later === next && changes === attributes) return unit
    return {
      ...unit,
      ...(earlier && { before: earlier }),
      ...(later && { next: later }),
      change: { ...change, attributes: changes, ...(told && { recorded: told }) },
    }
  }

  #sealEvolution(tenant: Tenant, unit: EvolutionUnit): EvolutionUnit | Promise<EvolutionUnit> {
    const { change, id } = unit
    if (change.action !== 'append' && change.action !== 'replaceInstance') return unit
    const given = change.action === 'append' ? change.types : []
    const names =
      change.action === 'append' ? change.instances.map(({ attribute }) => attribute) : [change.attribute]
    const { byType } = this.#attributes()
    const depends = names.some(
      (name) => byType.has(name) && !given.some((type) => byType.get(name)?.has(type)),
    )
    if (!depends) return this.#sealHistory(tenant, unit, given)
    return this.#inner
      .evolutions(tenant, { ids: [id], stateless: true, limit: 1 })
      .then(([head]) => this.#sealHistory(tenant, unit, [...given, ...(head?.types ?? [])]))
  }

  #sealHistory(tenant: Tenant, unit: EvolutionUnit, types: readonly Iri[]): EvolutionUnit {
    const { change, id } = unit
    const sealing = { owner: { tenant, id }, types, known: new Map() }
    if (change.action === 'replaceInstance') {
      const instance = this.#seal.sealInstance(change.attribute, change.instance, sealing)
      return instance === change.instance ? unit : { ...unit, change: { ...change, instance } }
    }
    if (change.action !== 'append') return unit
    const instances = change.instances.map((one) => {
      const instance = this.#seal.sealInstance(one.attribute, one.instance, sealing)
      return instance === one.instance ? one : { ...one, instance }
    })
    return { ...unit, change: { ...change, instances } }
  }

  #sealDocument(tenant: Tenant, unit: DocumentUnit): DocumentUnit | Promise<DocumentUnit> {
    const { next, collection, id, expectedVersion } = unit
    if (!next || collection === SEALING_COLLECTION) return unit
    const sealed = { ...unit, next: this.#seal.sealDocument(next, { tenant, collection, id }) }
    return expectedVersion === 0 && this.#lost.length > 0 ? this.#overLost(tenant, sealed) : sealed
  }

  /** What is as if it was not there gives way. */
  async #overLost(tenant: Tenant, unit: DocumentUnit): Promise<DocumentUnit> {
    const there = await this.#inner.document(tenant, unit.collection, unit.id)
    return there && isUnder(this.#lost, there.document) ? { ...unit, expectedVersion: there.version } : unit
  }

  #remember<Given extends object>(given: Given, kept: Given): Given {
    if (kept !== given) this.#given.set(kept, given)
    return kept
  }
}
