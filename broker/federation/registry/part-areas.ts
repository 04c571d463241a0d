import RBush from 'rbush'
import type { Iri } from '../../core/model/iri.ts'
import type { RegistrationPart } from './registration-part.ts'
import type { Sought } from './sought.ts'

interface Item {
  readonly minX: number
  readonly minY: number
  readonly maxX: number
  readonly maxY: number
  readonly part: RegistrationPart
}

interface OfProperty {
  /** Those that say nothing of it. */
  readonly open: Set<RegistrationPart>
  readonly tree: RBush<Item>
  readonly items: Map<RegistrationPart, Item>
}

/** Parts of registrations by their area, an R-tree for each GeoProperty that was ever asked for. */
export class PartAreas {
  readonly #parts: ReadonlySet<RegistrationPart>
  readonly #properties = new Map<Iri, OfProperty>()

  /** `parts`: what is there, kept up to date by who has it. */
  constructor(parts: ReadonlySet<RegistrationPart>) {
    this.#parts = parts
  }

  add(part: RegistrationPart): void {
    for (const [property, place] of this.#properties) addTo(place, part, property)
  }

  remove(part: RegistrationPart): void {
    for (const { open, tree, items } of this.#properties.values()) {
      open.delete(part)
      const item = items.get(part)
      if (item) tree.remove(item)
      items.delete(part)
    }
  }

  /** Answers sets that together hold every part that may match. */
  find({ property, boxes }: NonNullable<Sought['area']>): readonly ReadonlySet<RegistrationPart>[] {
    const place = this.#properties.get(property) ?? this.#divide(property)
    const found = new Set<RegistrationPart>()
    for (const [minX, minY, maxX, maxY] of boxes) {
      for (const { part } of place.tree.search({ minX, minY, maxX, maxY })) found.add(part)
    }
    return [place.open, found]
  }

  #divide(property: Iri): OfProperty {
    const place: OfProperty = { open: new Set(), tree: new RBush(), items: new Map() }
    for (const part of this.#parts) addTo(place, part, property)
    this.#properties.set(property, place)
    return place
  }
}

function addTo({ open, tree, items }: OfProperty, part: RegistrationPart, property: Iri): void {
  const box = part.areas.get(property)
  if (!box) {
    open.add(part)
    return
  }
  const [minX, minY, maxX, maxY] = box
  const item = { minX, minY, maxX, maxY, part }
  items.set(part, item)
  tree.insert(item)
}
