/** What stands in a heap; it knows its place, so that it can be moved or taken out wherever it stands. */
export class Seat<Owner> {
  readonly of: Owner
  key = 0
  /** Kept by the heap; negative: in none. */
  place = -1

  constructor(of: Owner) {
    this.of = of
  }

  get taken(): boolean {
    return this.place >= 0
  }
}

/** Binary heap of seats, least key first; each change costs the logarithm of its size. */
export class Heap<Owner> {
  readonly #seats: Seat<Owner>[] = []

  get size(): number {
    return this.#seats.length
  }

  get first(): Seat<Owner> | undefined {
    return this.#seats[0]
  }

  /** Puts a seat in under a key, or moves it there. */
  set(seat: Seat<Owner>, key: number): void {
    seat.key = key
    if (!seat.taken) this.#put(seat, this.#seats.length)
    this.#settle(seat)
  }

  /** Takes a seat out; one that is not in stays out. */
  delete(seat: Seat<Owner>): void {
    if (!seat.taken) return
    const last = this.#seats.pop()
    const hole = seat.place
    seat.place = -1
    if (!last || last === seat) return
    this.#put(last, hole)
    this.#settle(last)
  }

  #put(seat: Seat<Owner>, place: number): void {
    this.#seats[place] = seat
    seat.place = place
  }

  #settle(seat: Seat<Owner>): void {
    this.#rise(seat)
    this.#sink(seat)
  }

  #rise(seat: Seat<Owner>): void {
    while (seat.place > 0) {
      const parent = this.#seats[(seat.place - 1) >> 1]
      if (!parent || parent.key <= seat.key) return
      this.#swap(seat, parent)
    }
  }

  #sink(seat: Seat<Owner>): void {
    for (;;) {
      const left = this.#seats[2 * seat.place + 1]
      const right = this.#seats[2 * seat.place + 2]
      const least = left && right && right.key < left.key ? right : left
      if (!least || least.key >= seat.key) return
      this.#swap(least, seat)
    }
  }

  #swap(one: Seat<Owner>, other: Seat<Owner>): void {
    const place = one.place
    this.#put(one, other.place)
    this.#put(other, place)
  }
}
