/** So many entries come before the map is made anew. */
const RENEWED_AFTER = 64

/**
 * A map whose entries stay for a moment only. V8 leaves each table that a Map has outgrown linked to the next one, with
 * what it held: where one of them grew old, all that passed through later ones stays until old objects are collected too.
 */
export class PassingMap<Key, Value> {
  #entries = new Map<Key, Value>()
  #added = 0

  get size(): number {
    return this.#entries.size
  }

  get(key: Key): Value | undefined {
    return this.#entries.get(key)
  }

  set(key: Key, value: Value): void {
    if (++this.#added > RENEWED_AFTER && this.#entries.size < RENEWED_AFTER) {
      this.#entries = new Map(this.#entries)
      this.#added = 0
    }
    this.#entries.set(key, value)
  }

  delete(key: Key): boolean {
    return this.#entries.delete(key)
  }

  clear(): void {
    this.#entries = new Map()
    this.#added = 0
  }

  /** In the order in which keys came. */
  entries(): IterableIterator<[Key, Value]> {
    return this.#entries.entries()
  }

  /** In the order in which keys came. */
  values(): IterableIterator<Value> {
    return this.#entries.values()
  }
}
