/** Keeps the first so many of any number of things, in at most twice the room. */
export class Leading<T> {
  readonly #most: number
  readonly #compare: (left: T, right: T) => number
  #kept: T[] = []

  constructor(most: number, compare: (left: T, right: T) => number) {
    this.#most = most
    this.#compare = compare
  }

  add(item: T): void {
    this.#kept.push(item)
    if (this.#kept.length >= 2 * this.#most + 100) this.#kept = this.sorted()
  }

  /** Answers what is kept, in order. */
  sorted(): T[] {
    return this.#kept.sort(this.#compare).slice(0, this.#most)
  }
}
