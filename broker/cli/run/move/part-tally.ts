import { hash } from 'node:crypto'

/** How much both stores have of one kind, and what that hashes to, in whatever order it came. */
export interface Compared {
  readonly what: string
  readonly pieces: number
  readonly from: string
  readonly to: string
  /** So many ranges were not the same, and written. */
  readonly written: number
}

/** Adds up what is compared of one kind. */
export class PartTally {
  readonly #what: string
  #from = 0n
  #to = 0n
  #pieces = 0
  #written = 0

  constructor(what: string) {
    this.#what = what
  }

  get pieces(): number {
    return this.#pieces
  }

  /** Takes what both stores have in a range, each piece once. */
  add({ from, to, written }: ComparedRange): void {
    this.#from += sumOf(from)
    this.#to += sumOf(to)
    this.#pieces += from.length
    if (written) this.#written++
  }

  end(): Compared {
    return {
      what: this.#what,
      pieces: this.#pieces,
      from: hexOf(this.#from),
      to: hexOf(this.#to),
      written: this.#written,
    }
  }
}

/** What both stores have in a range, as texts. */
export interface ComparedRange {
  readonly from: readonly string[]
  readonly to: readonly string[]
  /** It was not the same. */
  readonly written: boolean
}

/** Tells whether two lists have the same texts in the same order. */
export function areSame(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((text, at) => text === right[at])
}

function sumOf(texts: readonly string[]): bigint {
  return texts.reduce((sum, text) => sum + BigInt(`0x${hash('sha256', text)}`), 0n)
}

function hexOf(sum: bigint): string {
  return BigInt.asUintN(256, sum).toString(16).padStart(64, '0')
}
