import { literalStart } from './literal-start.ts'
import { LiteralStarts } from './literal-starts.ts'
import type { PartTree } from './part-tree.ts'
import type { RegistrationPart } from './registration-part.ts'
import { SortedTexts } from './sorted-texts.ts'
import type { Sought } from './sought.ts'

/** Parts of registrations, divided by what they say of one thing. */
export interface Division {
  add(part: RegistrationPart): void
  remove(part: RegistrationPart): void
  /** Answers the trees in which every part that may match is. */
  find(sought: Sought): Iterable<PartTree>
}

/** How parts are divided, and whether that helps with what is sought. */
export interface Divide {
  readonly isAsked: (sought: Sought) => boolean
  readonly make: (newTree: () => PartTree) => Division
}

export const divideByTypes: Divide = {
  isAsked: ({ types }) => types !== undefined,
  make: (newTree) => divideByNames(newTree, 'types'),
}

export const divideByAttributes: Divide = {
  isAsked: ({ attributes }) => attributes !== undefined,
  make: (newTree) => divideByNames(newTree, 'attributes'),
}

export const divideByIds: Divide = {
  isAsked: ({ ids, idPattern }) => ids !== undefined || idPattern !== undefined,
  make: (newTree) => new ById(newTree),
}

function divideByNames(newTree: () => PartTree, kind: 'types' | 'attributes'): Division {
  const named = new Map<string, PartTree>()
  const open = newTree()
  return {
    add: (part) => {
      if (part[kind].length === 0) open.add(part)
      for (const name of part[kind]) {
        const tree = named.get(name) ?? newTree()
        named.set(name, tree)
        tree.add(part)
      }
    },
    remove: (part) => {
      open.remove(part)
      for (const name of part[kind]) {
        const tree = named.get(name)
        tree?.remove(part)
        if (tree?.isEmpty) named.delete(name)
      }
    },
    find: (sought) => [open, ...new Set((sought[kind] ?? []).flatMap((name) => named.get(name) ?? []))],
  }
}

class ById implements Division {
  readonly #newTree: () => PartTree
  readonly #ids = new SortedTexts<PartTree>()
  readonly #patterns = new LiteralStarts<PartTree>()
  /** Any id, or a pattern that says nothing before it is tried. */
  readonly #open: PartTree

  constructor(newTree: () => PartTree) {
    this.#newTree = newTree
    this.#open = newTree()
  }

  add(part: RegistrationPart): void {
    const { id, literal } = part
    if (id !== undefined) this.#ids.place(id, this.#newTree).add(part)
    else if (literal) this.#patterns.place(literal, this.#newTree).add(part)
    else this.#open.add(part)
  }

  remove(part: RegistrationPart): void {
    const { id, literal } = part
    if (id !== undefined) {
      const tree = this.#ids.get(id)
      tree?.remove(part)
      if (tree?.isEmpty) this.#ids.delete(id)
    } else if (literal) {
      const tree = this.#patterns.get(literal)
      tree?.remove(part)
      if (tree?.isEmpty) this.#patterns.delete(literal)
    } else this.#open.remove(part)
  }

  find({ ids, idPattern }: Sought): Iterable<PartTree> {
    if (ids) return new Set([this.#open, ...ids.flatMap((id) => this.#ofId(id))])
    return [this.#open, ...this.#patterns.values(), ...this.#likely(idPattern ?? '')]
  }

  #ofId(id: string): readonly PartTree[] {
    const exact = this.#ids.get(id)
    return [...(exact ? [exact] : []), ...this.#patterns.within(id)]
  }

  /** Two patterns may always agree (5.12); an id has to begin like the pattern that is looked for. */
  #likely(idPattern: string): Iterable<PartTree> {
    const start = literalStart(idPattern)
    return start?.anchored ? this.#ids.beginning(start.text) : this.#ids.values()
  }
}
