/** What numbers come to, added as SQLite adds them: what a sum loses is kept beside it (Kahan, Babuška, Neumaier). */
export class NumberSums {
  count = 0
  least = Number.POSITIVE_INFINITY
  most = Number.NEGATIVE_INFINITY
  readonly #sum = new CarefulSum()
  readonly #squares = new CarefulSum()

  /** Takes one number. */
  add(value: number): void {
    this.count++
    this.#sum.add(value)
    this.#squares.add(value * value)
    this.least = Math.min(this.least, value)
    this.most = Math.max(this.most, value)
  }

  get sum(): number {
    return this.#sum.value
  }

  get sumsq(): number {
    return this.#squares.value
  }
}

class CarefulSum {
  #sum = 0
  #lost = 0

  add(value: number): void {
    const next = this.#sum + value
    const isLess = Math.abs(value) > Math.abs(this.#sum)
    this.#lost += isLess ? value - next + this.#sum : this.#sum - next + value
    this.#sum = next
  }

  get value(): number {
    return this.#sum + this.#lost
  }
}
