import type { LiteralStart } from './literal-start.ts'

/** What is kept under the literal beginnings of patterns: of those that may be found in a text. */
export class LiteralStarts<T> {
  readonly #anchored = new ByLength<T>()
  readonly #anywhere = new ByLength<T>()

  /** Answers what is kept under a beginning, made where nothing is yet. */
  place({ text, anchored }: LiteralStart, make: () => T): T {
    return (anchored ? this.#anchored : this.#anywhere).place(text, make)
  }

  get({ text, anchored }: LiteralStart): T | undefined {
    return (anchored ? this.#anchored : this.#anywhere).get(text)
  }

  delete({ text, anchored }: LiteralStart): void {
    ;(anchored ? this.#anchored : this.#anywhere).delete(text)
  }

  values(): Iterable<T> {
    return [...this.#anchored.values(), ...this.#anywhere.values()]
  }

  /** Answers what is kept under beginnings that this text has, or holds where they are not anchored. */
  within(text: string): Set<T> {
    const found = new Set<T>()
    this.#anchored.at(text, 0, found)
    for (let offset = 0; this.#anywhere.size > 0 && offset < text.length; offset++) {
      this.#anywhere.at(text, offset, found)
    }
    return found
  }
}

/** Values by texts, found at a place of a longer text: one look-up for each length that there is. */
class ByLength<T> {
  readonly #values = new Map<string, T>()
  readonly #lengths = new Map<number, number>()

  get size(): number {
    return this.#values.size
  }

  place(text: string, make: () => T): T {
    const there = this.#values.get(text)
    if (there !== undefined) return there
    const made = make()
    this.#values.set(text, made)
    this.#lengths.set(text.length, (this.#lengths.get(text.length) ?? 0) + 1)
    return made
  }

  get(text: string): T | undefined {
    return this.#values.get(text)
  }

  delete(text: string): void {
    if (!this.#values.delete(text)) return
    const left = (this.#lengths.get(text.length) ?? 1) - 1
    if (left === 0) this.#lengths.delete(text.length)
    else this.#lengths.set(text.length, left)
  }

  values(): Iterable<T> {
    return this.#values.values()
  }

  at(text: string, offset: number, found: Set<T>): void {
    for (const length of this.#lengths.keys()) {
      const value = this.#values.get(text.slice(offset, offset + length))
      if (value !== undefined) found.add(value)
    }
  }
}
