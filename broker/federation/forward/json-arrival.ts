import type { JsonValue } from '../../core/model/json.ts'
import { createBreather } from './breather.ts'

const [QUOTE, COMMA, BACKSLASH] = [0x22, 0x2c, 0x5c]
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d]

/** From so many bytes on an array is parsed while it arrives, about as many bytes at a time. */
const BATCH_BYTES = 128 * 1024

/**
 * Parses a JSON text while it arrives. A long array is cut at commas between its elements into texts that are arrays by
 * themselves, which JSON.parse judges: its text is never held as a whole, and no part of it keeps others waiting for long.
 */
export class JsonArrival {
  readonly #breathe = createBreather()
  readonly #commas = new CommaFinder()
  readonly #parsed: JsonValue[] = []
  #pieces: Buffer[] = []
  #waiting = 0
  /** Bytes of those that wait that have been looked through in vain. */
  #searched = 0
  #enough = BATCH_BYTES
  #batches = 0

  /** Takes the next bytes; what it answers is to be waited for. @throws SyntaxError */
  add(piece: Buffer): Promise<void> | undefined {
    this.#pieces.push(piece)
    this.#waiting += piece.length
    if (this.#waiting < this.#enough) return undefined
    const text = Buffer.concat(this.#pieces)
    const end = this.#batches === 0 && !isArray(text) ? undefined : this.#commas.last(text, this.#searched)
    const rest = end === undefined ? text : text.subarray(end + 1)
    this.#pieces = [rest]
    this.#waiting = rest.length
    this.#searched = rest.length
    // an element of many pieces is not put together for each of them
    this.#enough = Math.max(BATCH_BYTES, rest.length * 2)
    if (end === undefined) return undefined
    this.#parse(`${text.toString('utf8', 0, end)}]`)
    return this.#breathe()
  }

  /** Answers all bytes when all have arrived, unless some are parsed already or none came. */
  whole(): Buffer | undefined {
    return this.#batches === 0 && this.#waiting > 0 ? Buffer.concat(this.#pieces) : undefined
  }

  /** Answers the value when all has arrived; undefined: there was nothing. @throws SyntaxError */
  end(): JsonValue | undefined {
    const text = Buffer.concat(this.#pieces).toString('utf8')
    if (text === '') return undefined
    if (this.#batches === 0) return JSON.parse(text) as JsonValue // what JSON.parse answers is a JSON value
    this.#parse(text)
    return this.#parsed
  }

  #parse(text: string): void {
    const elements = JSON.parse(this.#batches++ === 0 ? text : `[${text}`) as JsonValue[] // it begins as an array
    if (elements.length === 0) throw new SyntaxError('Array has a comma without an element')
    for (const element of elements) this.#parsed.push(element)
  }
}

function isArray(text: Buffer): boolean {
  return /^\s*\[/.test(text.toString('latin1', 0, 64))
}

/** Follows the nesting of a JSON array over several looks. */
class CommaFinder {
  #depth = 0
  #inString = false
  #escaped = false

  /** Goes on from `start` and answers where the last comma between elements of the outermost array is. */
  last(text: Buffer, start: number): number | undefined {
    let found: number | undefined
    for (let at = start; at < text.length; at++) {
      const byte = text[at]
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false
        else if (byte === BACKSLASH) this.#escaped = true
        else if (byte === QUOTE) this.#inString = false
      } else if (byte === QUOTE) this.#inString = true
      else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) this.#depth++
      else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) this.#depth--
      else if (byte === COMMA && this.#depth === 1) found = at
    }
    return found
  }
}
