const MOST_NAMES = 1000
const LONGEST_NAME = 200

/** Remembers what was found out about names, which come again with every body. Bounded; never for values or ids. */
export class NameMemory<Known> {
  readonly #names = new Map<string, Known>()

  /** Answers what was kept for a name. */
  find(name: string): Known | undefined {
    return this.#names.get(name)
  }

  /** Keeps what is known of a name for the next time, and answers it. */
  keep(name: string, known: Known): Known {
    if (this.#names.size >= MOST_NAMES) this.#names.clear()
    if (name.length <= LONGEST_NAME) this.#names.set(name, known)
    return known
  }
}
