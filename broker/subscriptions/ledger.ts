/** Where a subscription stands in the log. A type, not an interface: JSON as it stands. */
export type Standing = {
  /** Everything up to there is settled. */
  readonly position: number
  /** Of what comes behind that, up to `until`, these alone are not settled; absent: nothing of it is known to be. */
  readonly open?: readonly number[]
  readonly until?: number
}

/** Which positions of the log are under way for a subscription: never more than there is room for, however far others are. */
export class Ledger {
  /** In the order of the log, as they were opened. */
  readonly #open = new Set<number>()
  /** How it stood before this process. */
  readonly #left: ReadonlySet<number>
  readonly #until: number

  constructor({ open = [], until = 0 }: Partial<Standing> = {}) {
    this.#left = new Set(open)
    this.#until = until
  }

  get size(): number {
    return this.#open.size
  }

  open(position: number): void {
    this.#open.add(position)
  }

  settle(position: number): void {
    this.#open.delete(position)
  }

  /** Tells whether a position was settled before this process, while one before it was not. */
  isSettled(position: number): boolean {
    return position <= this.#until && !this.#left.has(position)
  }

  /** Answers where it stands when everything up to `offered` was looked at. */
  standing(offered: number): Standing {
    const toCome = offered < this.#until ? [...this.#left].filter((position) => position > offered) : []
    const open = [...this.#open, ...toCome]
    const until = Math.max(offered, this.#until)
    const [lowest] = open
    return lowest === undefined ? { position: until } : { position: lowest - 1, open, until }
  }
}
