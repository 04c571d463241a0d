const FIRST_BYTES = 4096
/** Bytes that the largest safe integer takes. */
const MOST_BYTES = 8
/** Integers below are handled bit by bit. */
const SMALL = 2 ** 31

/** Writes integers of any size one behind the other, small ones in one byte. */
export class NumberWriter {
  #bytes = new Uint8Array(FIRST_BYTES)
  #length = 0

  /** Adds a safe integer that is not negative. */
  unsigned(value: number): void {
    this.#reserve(MOST_BYTES)
    let rest = value
    for (; rest >= SMALL; rest = Math.floor(rest / 128)) this.#bytes[this.#length++] = (rest % 128) + 128
    for (; rest >= 128; rest >>>= 7) this.#bytes[this.#length++] = (rest & 127) | 128
    this.#bytes[this.#length++] = rest
  }

  /** Adds a safe integer of half that size, with its sign. */
  signed(value: number): void {
    this.unsigned(value < 0 ? -2 * value - 1 : 2 * value)
  }

  /** Adds bytes whose number the reader knows. */
  bytes(added: Uint8Array): void {
    this.#reserve(added.length)
    this.#bytes.set(added, this.#length)
    this.#length += added.length
  }

  /** Answers all that was written. */
  written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return
    const grown = new Uint8Array(2 * (this.#length + more))
    grown.set(this.#bytes)
    this.#bytes = grown
  }
}

/** Reads what a `NumberWriter` wrote, in the same order. */
export class NumberReader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  unsigned(): number {
    let byte = this.#next()
    if (byte < 128) return byte
    let value = byte & 127
    for (let scale = 128; byte >= 128; scale *= 128) {
      byte = this.#next()
      value += (byte & 127) * scale
    }
    return value
  }

  signed(): number {
    const value = this.unsigned()
    if (value < SMALL) return (value >>> 1) ^ -(value & 1)
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2
  }

  bytes(length: number): Uint8Array {
    this.#at += length
    return this.#bytes.subarray(this.#at - length, this.#at)
  }

  #next(): number {
    const byte = this.#bytes[this.#at++]
    if (byte === undefined) throw new Error('Chunk of history ends too early')
    return byte
  }
}
