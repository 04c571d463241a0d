import type { Collection, LogRecord } from '../../core/model/change.ts'
import type { Entity } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import { Areas } from './areas.ts'
import type { Terms } from './terms.ts'

/** Followers that are to be told of every change, of changes of some attributes, and of changes in some area. */
interface Leaf<F> {
  readonly every: Set<F>
  readonly byAttribute: Map<Iri, Set<F>>
  readonly areas: Areas<F>
}

/**
 * Finds those who a change can concern, whatever their number: by id, beginning of the id, type, changed attribute and
 * area. It knows terms only; what they are about is for the follower to judge.
 */
export class FollowerIndex<F> {
  readonly #byId = new Map<string, Set<F>>()
  readonly #byPrefix = new Map<string, Set<F>>()
  /** Lengths of the prefixes, each with how many there are. */
  readonly #lengths = new Map<number, number>()
  readonly #byType = new Map<Iri, Leaf<F>>()
  readonly #anyType: Leaf<F> = newLeaf()
  /** By the collection, or by it and the first word of the id. */
  readonly #byCollection = new Map<string, Set<F>>()
  /** How to take a follower out again. */
  readonly #removals = new Map<F, (() => void)[]>()

  get size(): number {
    return this.#removals.size
  }

  has(follower: F): boolean {
    return this.#removals.has(follower)
  }

  add(follower: F, terms: readonly Terms[]): void {
    this.remove(follower)
    this.#removals.set(
      follower,
      terms.flatMap((each) => this.#place(follower, each)),
    )
  }

  remove(follower: F): void {
    for (const removal of this.#removals.get(follower) ?? []) removal()
    this.#removals.delete(follower)
  }

  /** Answers everybody whose terms a change of an entity fulfils, and maybe some more. */
  candidates(record: LogRecord): ReadonlySet<F> {
    const found = new Set<F>()
    if (this.size === 0) return found
    if (record.collection !== 'entity') return this.#ofCollection(record)
    addAll(found, this.#byId.get(record.id))
    for (const length of this.#lengths.keys()) {
      if (record.id.length >= length) addAll(found, this.#byPrefix.get(record.id.slice(0, length)))
    }
    addLeaf(found, this.#anyType, record)
    for (const type of typesOf(record)) {
      const leaf = this.#byType.get(type)
      if (leaf) addLeaf(found, leaf, record)
    }
    return found
  }

  #ofCollection({ collection, id }: LogRecord): ReadonlySet<F> {
    const found = new Set(this.#byCollection.get(collection))
    addAll(found, this.#byCollection.get(placeOf(collection, id.split(' ', 1)[0])))
    return found
  }

  #place(follower: F, terms: Terms): (() => void)[] {
    const { collection = 'entity', word, ids, idPrefix, types } = terms
    if (collection !== 'entity') return [addTo(this.#byCollection, placeOf(collection, word), follower)]
    if (ids) return ids.map((id) => addTo(this.#byId, id, follower))
    if (idPrefix !== undefined) return [this.#addPrefix(idPrefix, follower)]
    if (types) return types.map((type) => this.#addTyped(type, follower, terms))
    return [addToLeaf(this.#anyType, follower, terms)]
  }

  #addPrefix(prefix: string, follower: F): () => void {
    const { length } = prefix
    this.#lengths.set(length, (this.#lengths.get(length) ?? 0) + 1)
    const removal = addTo(this.#byPrefix, prefix, follower)
    return () => {
      removal()
      const left = (this.#lengths.get(length) ?? 1) - 1
      if (left === 0) this.#lengths.delete(length)
      else this.#lengths.set(length, left)
    }
  }

  #addTyped(type: Iri, follower: F, terms: Terms): () => void {
    const leaf = this.#byType.get(type) ?? newLeaf<F>()
    this.#byType.set(type, leaf)
    const removal = addToLeaf(leaf, follower, terms)
    return () => {
      removal()
      if (isEmpty(leaf)) this.#byType.delete(type)
    }
  }
}

function placeOf(collection: Collection, word: string | undefined): string {
  return word === undefined ? collection : `${collection} ${word}`
}

function newLeaf<F>(): Leaf<F> {
  return { every: new Set(), byAttribute: new Map(), areas: new Areas() }
}

function isEmpty({ every, byAttribute, areas }: Leaf<unknown>): boolean {
  return every.size === 0 && byAttribute.size === 0 && areas.isEmpty
}

function addToLeaf<F>(leaf: Leaf<F>, follower: F, { area, attributes }: Terms): () => void {
  if (area) return leaf.areas.add(follower, area)
  if (attributes) {
    const removals = attributes.map((attribute) => addTo(leaf.byAttribute, attribute, follower))
    return () => {
      for (const removal of removals) removal()
    }
  }
  leaf.every.add(follower)
  return () => leaf.every.delete(follower)
}

function addLeaf<F>(found: Set<F>, { every, byAttribute, areas }: Leaf<F>, record: LogRecord): void {
  addAll(found, every)
  if (byAttribute.size > 0) {
    for (const { attribute } of record.attributes ?? []) addAll(found, byAttribute.get(attribute))
  }
  if (!areas.isEmpty) for (const entity of statesOf(record)) areas.find(entity, found)
}

function addTo<K, F>(places: Map<K, Set<F>>, key: K, follower: F): () => void {
  const place = places.get(key) ?? new Set<F>()
  places.set(key, place.add(follower))
  return () => {
    place.delete(follower)
    if (place.size === 0) places.delete(key)
  }
}

function addAll<F>(found: Set<F>, place: ReadonlySet<F> | undefined): void {
  for (const follower of place ?? []) found.add(follower)
}

function typesOf(record: LogRecord): Iterable<Iri> {
  const [first, second] = statesOf(record)
  return second ? new Set([...(first?.types ?? []), ...second.types]) : (first?.types ?? [])
}

/** The entity before and after, as far as it was there. */
function statesOf({ before, after }: LogRecord): readonly Entity[] {
  return [before, after].filter((state) => state !== undefined) as readonly Entity[] // records of entities hold entities
}
