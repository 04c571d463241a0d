import { StringDecoder } from 'node:string_decoder'
import type { Piece } from './format.ts'

/** Bytes of rows in a piece, about: some twenty thousand rows. */
const PIECE_BYTES = 1_048_576
const QUOTE = 34
const LINE_FEED = 10
const UTF16_MARK = 0xff

const BLANK = new Set([LINE_FEED, 13, 32])

/**
 * Cuts a table into pieces of whole rows, each with the header, as it flows. The pieces are the same however the bytes are chunked. Line
 * feeds inside of quotation marks do not end a row; a mark that is not closed spoils the rest of its piece only.
 */
export async function* tablePieces(
  chunks: AsyncIterable<Uint8Array>,
  size = PIECE_BYTES,
): AsyncIterable<Piece> {
  const cutter = new Cutter(size)
  for await (const chunk of inUtf8(chunks)) yield* cutter.add(chunk)
  yield* cutter.end()
}

/** UTF-16 has line feeds of two bytes: it is turned into UTF-8 as it flows. */
async function* inUtf8(chunks: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let decoder: StringDecoder | undefined
  let isFirst = true
  for await (const chunk of chunks) {
    if (isFirst && chunk[0] === UTF16_MARK) decoder = new StringDecoder('utf16le')
    isFirst = false
    yield decoder ? Buffer.from(decoder.write(Buffer.from(chunk))) : chunk
  }
}

class Cutter {
  readonly #size: number
  #header: Uint8Array | undefined
  #kept: Uint8Array = new Uint8Array()
  /** What came since, and its size. */
  #chunks: Uint8Array[] = []
  #waiting = 0
  /** Lines that are in pieces before, with the header. */
  #lines = 0

  constructor(size: number) {
    this.#size = size
  }

  *add(chunk: Uint8Array): Iterable<Piece> {
    this.#chunks.push(chunk)
    this.#waiting += chunk.length
    // twice the size, with a header, has the end of a piece in it, or a row that is cut there
    if (this.#kept.length + this.#waiting < 3 * this.#size) return
    this.#join()
    this.#takeHeader()
    while (this.#kept.length >= 2 * this.#size) yield this.#piece(this.#pieceEnd())
  }

  *end(): Iterable<Piece> {
    this.#join()
    this.#takeHeader()
    while (this.#kept.length >= 2 * this.#size) yield this.#piece(this.#pieceEnd())
    if (this.#kept.length > 0 || this.#lines <= 1) yield this.#piece(this.#kept.length)
  }

  #join(): void {
    this.#kept = Buffer.concat([this.#kept, ...this.#chunks])
    this.#chunks = []
    this.#waiting = 0
  }

  #takeHeader(): void {
    if (this.#header) return
    const start = this.#kept.findIndex((byte) => !BLANK.has(byte))
    const end = rowEnd(this.#kept, Math.max(0, start), this.#size) ?? 0
    this.#header = this.#kept.slice(0, end)
    this.#kept = this.#kept.subarray(end)
    this.#lines = countLines(this.#header)
  }

  #piece(end: number): Piece {
    const header = this.#header ?? new Uint8Array()
    const rows = this.#kept.subarray(0, end)
    this.#kept = this.#kept.subarray(end)
    const linesBefore = this.#lines - countLines(header)
    this.#lines += countLines(rows)
    return { bytes: Buffer.concat([header, rows]), linesBefore }
  }

  #pieceEnd(): number {
    const most = 2 * this.#size
    return rowEnd(this.#kept, this.#size, most) ?? lastLine(this.#kept, most) ?? most
  }
}

/** Where the row ends that goes over `from`, before `most`. */
function rowEnd(bytes: Uint8Array, from: number, most: number): number | undefined {
  let isQuoted = false
  const end = Math.min(bytes.length, most)
  for (let at = 0; at < end; at++) {
    if (bytes[at] === QUOTE) isQuoted = !isQuoted
    else if (bytes[at] === LINE_FEED && at >= from && !isQuoted) return at + 1
  }
  return undefined
}

function lastLine(bytes: Uint8Array, most: number): number | undefined {
  const at = bytes.subarray(0, most).lastIndexOf(LINE_FEED)
  return at < 0 ? undefined : at + 1
}

function countLines(bytes: Uint8Array): number {
  let lines = 0
  for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) lines++
  return lines
}
