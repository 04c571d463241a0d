import { PartTree } from './part-tree.ts'
import type { Registration } from './registration.ts'
import { partsOf, type RegistrationPart } from './registration-part.ts'
import { type Seeking, soughtBy } from './sought.ts'

/** So many at most are put in the order of their ids; more are answered as they are found. */
const SORTED = 1000

/**
 * Registrations by types, ids, beginnings of patterns, attributes and areas (CIM 009 v1.9.1, 5.12): what is looked for costs
 * what is found, not what is there.
 */
export class RegistrationIndex {
  readonly #parts = new Map<Registration, readonly RegistrationPart[]>()
  readonly #tree = new PartTree()

  get isEmpty(): boolean {
    return this.#parts.size === 0
  }

  add(registration: Registration): void {
    const parts = partsOf(registration)
    this.#parts.set(registration, parts)
    for (const part of parts) this.#tree.add(part)
  }

  remove(registration: Registration): void {
    for (const part of this.#parts.get(registration) ?? []) this.#tree.remove(part)
    this.#parts.delete(registration)
  }

  /** Answers all registrations that can match and few others, each once, in an order that stays while they do. */
  find(seeking: Seeking): Iterable<Registration> {
    if (this.isEmpty) return []
    const found = this.#tree.find(soughtBy(seeking))
    const size = found.reduce((sum, parts) => sum + parts.size, 0)
    if (size > SORTED) return distinct(found)
    return [...distinct(found)].sort((left, right) => (left.id < right.id ? -1 : 1))
  }
}

function* distinct(found: readonly ReadonlySet<RegistrationPart>[]): Generator<Registration> {
  const told = new Set<Registration>()
  for (const parts of found) {
    for (const { registration } of parts) {
      if (told.has(registration)) continue
      told.add(registration)
      yield registration
    }
  }
}
