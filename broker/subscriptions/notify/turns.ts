/** Lines of owners that take turns: however much one of them has waiting, another waits for one of it only. */
export class Turns<Item> {
  readonly #lines = new Map<string, Item[]>()
  readonly #most: number

  /** @param most so much may wait of one owner */
  constructor(most: number) {
    this.#most = most
  }

  /** Puts something at the end of the line of its owner; false: that is too long. */
  add(owner: string, item: Item): boolean {
    const line = this.#lines.get(owner) ?? []
    if (line.length >= this.#most) return false
    line.push(item)
    this.#lines.set(owner, line)
    return true
  }

  /** Takes what is next: then its owner is behind the others. */
  take(): Item | undefined {
    const [first] = this.#lines
    if (!first) return undefined
    const [owner, line] = first
    const item = line.shift()
    this.#lines.delete(owner)
    if (line.length > 0) this.#lines.set(owner, line)
    return item
  }
}
