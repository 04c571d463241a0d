import type { Micros } from '../../core/model/time.ts'

interface Expiry {
  readonly at: Micros
  readonly id: string
}

/** Ids in the order in which they expire: what is due is found without looking at the others. */
export class Expiries {
  /** The next one is the last. */
  readonly #order: Expiry[] = []

  add(expiry: Expiry): void {
    this.#order.splice(this.#placeOf(expiry), 0, expiry)
  }

  remove(expiry: Expiry): void {
    const place = this.#placeOf(expiry)
    if (this.#order[place]?.id === expiry.id) this.#order.splice(place, 1)
  }

  /** Answers an id that has expired by now; undefined: none has. */
  due(now: Micros): string | undefined {
    const next = this.#order.at(-1)
    return next && next.at <= now ? next.id : undefined
  }

  /** The first place whose expiry is not later in order. */
  #placeOf(expiry: Expiry): number {
    let [low, high] = [0, this.#order.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      const other = this.#order[middle]
      if (other && isLater(other, expiry)) low = middle + 1
      else high = middle
    }
    return low
  }
}

function isLater(left: Expiry, right: Expiry): boolean {
  return left.at === right.at ? left.id > right.id : left.at > right.at
}
