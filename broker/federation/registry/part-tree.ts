import { PartAreas } from './part-areas.ts'
import {
  type Divide,
  type Division,
  divideByAttributes,
  divideByIds,
  divideByTypes,
} from './part-divisions.ts'
import type { RegistrationPart } from './registration-part.ts'
import type { Sought } from './sought.ts'

/** Fewer parts than this are looked through. */
const FEW = 32

/** By what parts are told from each other, one after the other; areas come last. */
const DIVIDES: readonly Divide[] = [divideByTypes, divideByIds, divideByAttributes]

/**
 * Parts of registrations, divided by one kind of key after the other as soon as there are many of them, so that also
 * those of one type are told from each other by their ids, and those of one type and open to any id by their attributes.
 */
export class PartTree {
  readonly #level: number
  readonly #parts = new Set<RegistrationPart>()
  #division: Division | undefined
  /** All parts, divided by what comes next: once somebody asks without what divides here. */
  #passedOver: PartTree | undefined
  #areas: PartAreas | undefined

  constructor(level = 0) {
    this.#level = level
  }

  get isEmpty(): boolean {
    return this.#parts.size === 0
  }

  add(part: RegistrationPart): void {
    this.#parts.add(part)
    this.#division?.add(part)
    this.#passedOver?.add(part)
    this.#areas?.add(part)
  }

  remove(part: RegistrationPart): void {
    this.#parts.delete(part)
    this.#division?.remove(part)
    this.#passedOver?.remove(part)
    this.#areas?.remove(part)
  }

  /** Answers sets that together hold every part that may match. */
  find(sought: Sought): readonly ReadonlySet<RegistrationPart>[] {
    const found: ReadonlySet<RegistrationPart>[] = []
    this.#gather(sought, found)
    return found
  }

  #gather(sought: Sought, found: ReadonlySet<RegistrationPart>[]): void {
    if (this.#parts.size === 0) return
    const divide = DIVIDES[this.#level]
    if (this.#parts.size <= FEW || !isNarrowed(sought, this.#level)) found.push(this.#parts)
    else if (!divide) found.push(...this.#within(sought.area))
    else if (!divide.isAsked(sought)) this.#beyond().#gather(sought, found)
    else for (const tree of this.#divided(divide).find(sought)) tree.#gather(sought, found)
  }

  #divided(divide: Divide): Division {
    if (this.#division) return this.#division
    const division = divide.make(() => new PartTree(this.#level + 1))
    for (const part of this.#parts) division.add(part)
    this.#division = division
    return division
  }

  #beyond(): PartTree {
    if (this.#passedOver) return this.#passedOver
    const tree = new PartTree(this.#level + 1)
    for (const part of this.#parts) tree.add(part)
    this.#passedOver = tree
    return tree
  }

  #within(area: Sought['area']): readonly ReadonlySet<RegistrationPart>[] {
    if (!area) return [this.#parts]
    this.#areas ??= new PartAreas(this.#parts)
    return this.#areas.find(area)
  }
}

/** Whether anything from this level on divides. */
function isNarrowed(sought: Sought, level: number): boolean {
  return sought.area !== undefined || DIVIDES.slice(level).some((divide) => divide.isAsked(sought))
}
