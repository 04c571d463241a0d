/** The longest that a timer of Node can wait, milliseconds. */
const LONGEST = 2_147_483_647

/** One thing that is to happen at an instant; a new one replaces it. Keeps no process alive. */
export class Alarm {
  readonly #now: () => number
  #timer: NodeJS.Timeout | undefined

  /** `now` answers microseconds. */
  constructor(now: () => number) {
    this.#now = now
  }

  get isSet(): boolean {
    return this.#timer !== undefined
  }

  set(at: number, ring: () => void): void {
    this.clear()
    const wait = Math.max(Math.ceil((at - this.#now()) / 1000), 0)
    this.#timer = setTimeout(
      () => {
        this.#timer = undefined
        if (wait > LONGEST) this.set(at, ring)
        else ring()
      },
      Math.min(wait, LONGEST),
    ).unref()
  }

  clear(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}
