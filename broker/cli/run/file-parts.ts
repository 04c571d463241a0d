/** Some lines of a file that go together. */
export interface FilePart {
  /** Numbers of its first and last line in the file, from 1. */
  readonly first: number
  readonly last: number
  readonly bytes: Buffer
}

/** How a file is to be parted. */
export interface PartOptions {
  /** Lines of a part. */
  readonly lines: number
  /** Lines before this one are left out. */
  readonly from: number
  /** The first part is the header line, and a quoted cell may go over several lines (RFC 4180). */
  readonly csv: boolean
}

const LINE_END = 0x0a
const QUOTE = 0x22
/** A part is not larger than that by more than a line. */
const MOST_BYTES = 8 * 1024 * 1024

/** Parts a file at the ends of lines as it is read, or of records where these take several. */
export async function* fileParts(
  input: AsyncIterable<Buffer>,
  { lines, from, csv }: PartOptions,
): AsyncGenerator<FilePart> {
  const part = new OpenPart()
  let heading = csv
  let open = false
  for await (const piece of input) {
    let start = 0
    let quote = csv ? piece.indexOf(QUOTE) : -1
    for (let end = piece.indexOf(LINE_END); end >= 0; end = piece.indexOf(LINE_END, end + 1)) {
      for (; quote >= 0 && quote < end; quote = piece.indexOf(QUOTE, quote + 1)) open = !open
      const isWanted = part.countLine() >= from || heading
      const isFull = part.lines >= lines || part.length + end - start >= MOST_BYTES
      if (isWanted && (open || !(isFull || heading))) continue
      part.add(piece.subarray(start, end + 1))
      start = end + 1
      if (isWanted) yield part.end()
      else part.end()
      heading &&= open
    }
    for (; quote >= 0; quote = piece.indexOf(QUOTE, quote + 1)) open = !open
    part.add(piece.subarray(start))
  }
  if (part.length > 0 && part.countEnd() >= from) yield part.end()
}

/** A part in the making. */
class OpenPart {
  #pieces: Buffer[] = []
  #first = 1
  #line = 0
  #length = 0

  /** Bytes so far. */
  get length(): number {
    return this.#length
  }

  /** Lines that have ended. */
  get lines(): number {
    return this.#line - this.#first + 1
  }

  add(piece: Buffer): void {
    if (piece.length > 0) this.#pieces.push(piece)
    this.#length += piece.length
  }

  /** Takes notice of the end of a line, and answers its number. */
  countLine(): number {
    return ++this.#line
  }

  /** Takes notice of the end of the file, where the last line may have none of its own. */
  countEnd(): number {
    return this.#pieces.at(-1)?.at(-1) === LINE_END ? this.#line : ++this.#line
  }

  end(): FilePart {
    const made = { first: this.#first, last: this.#line, bytes: Buffer.concat(this.#pieces) }
    this.#first = this.#line + 1
    this.#pieces = []
    this.#length = 0
    return made
  }
}
