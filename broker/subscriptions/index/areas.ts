import RBush from 'rbush'
import { boundingBox } from '../../core/geo/bounding-box.ts'
import { isGeometry } from '../../core/geo/parse-geometry.ts'
import type { Entity } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { Terms } from './terms.ts'

interface Item<F> {
  readonly minX: number
  readonly minY: number
  readonly maxX: number
  readonly maxY: number
  readonly follower: F
}

/** Followers by the area that they look at, an R-tree for each GeoProperty. */
export class Areas<F> {
  readonly #trees = new Map<Iri, { readonly tree: RBush<Item<F>>; items: number }>()

  get isEmpty(): boolean {
    return this.#trees.size === 0
  }

  /** Takes in a follower; the answer takes it out again. */
  add(follower: F, { property, boxes }: NonNullable<Terms['area']>): () => void {
    const place = this.#trees.get(property) ?? { tree: new RBush<Item<F>>(), items: 0 }
    this.#trees.set(property, place)
    const items = boxes.map(([minX, minY, maxX, maxY]) => ({ minX, minY, maxX, maxY, follower }))
    for (const item of items) place.tree.insert(item)
    place.items += items.length
    return () => {
      for (const item of items) place.tree.remove(item)
      place.items -= items.length
      if (place.items === 0) this.#trees.delete(property)
    }
  }

  /** Adds everybody in whose area the entity may lie. */
  find({ attributes }: Entity, found: Set<F>): void {
    for (const [property, { tree }] of this.#trees) {
      if (!Object.hasOwn(attributes, property)) continue
      for (const { value } of attributes[property] ?? []) {
        if (!isGeometry(value)) continue
        const [minX, minY, maxX, maxY] = boundingBox(value)
        for (const { follower } of tree.search({ minX, minY, maxX, maxY })) found.add(follower)
      }
    }
  }
}
