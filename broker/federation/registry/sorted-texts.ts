/** Texts that may have a beginning, sorted when they are first asked for that. */
export class SortedTexts<T> {
  readonly #values = new Map<string, T>()
  #sorted: string[] | undefined

  place(text: string, make: () => T): T {
    const there = this.#values.get(text)
    if (there !== undefined) return there
    const made = make()
    this.#values.set(text, made)
    this.#sorted = undefined
    return made
  }

  get(text: string): T | undefined {
    return this.#values.get(text)
  }

  delete(text: string): void {
    if (this.#values.delete(text)) this.#sorted = undefined
  }

  values(): Iterable<T> {
    return this.#values.values()
  }

  /** Answers the values of the texts that begin like this. */
  *beginning(start: string): Generator<T> {
    this.#sorted ??= [...this.#values.keys()].sort()
    for (let at = firstNotBefore(this.#sorted, start); at < this.#sorted.length; at++) {
      const text = this.#sorted[at] ?? ''
      if (!text.startsWith(start)) return
      const value = this.#values.get(text)
      if (value !== undefined) yield value
    }
  }
}

function firstNotBefore(sorted: readonly string[], text: string): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((sorted[middle] ?? '') < text) low = middle + 1
    else high = middle
  }
  return low
}
