/** Which positions of the log are under way for a subscription, and which of those behind the first of them are done. */
export class Ledger {
  /** In the order of the log, as they were opened. */
  readonly #open = new Set<number>()
  readonly #settled: Set<number>

  constructor(settled: readonly number[] = []) {
    this.#settled = new Set(settled)
  }

  get size(): number {
    return this.#open.size
  }

  open(position: number): void {
    this.#open.add(position)
  }

  settle(position: number): void {
    if (!this.#open.delete(position)) return
    const [lowest] = this.#open
    if (lowest === undefined) this.#settled.clear()
    else if (position > lowest) this.#settled.add(position)
    else for (const each of this.#settled) if (each < lowest) this.#settled.delete(each)
  }

  /** Tells whether a position was settled while one before it was not. */
  isSettled(position: number): boolean {
    return this.#settled.has(position)
  }

  /** Answers up to where everything is settled, when everything up to `offered` was looked at. */
  lowWater(offered: number): number {
    const [lowest] = this.#open
    return lowest === undefined ? offered : Math.min(lowest - 1, offered)
  }

  settled(): readonly number[] {
    return [...this.#settled]
  }
}
