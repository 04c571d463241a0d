import { isUtf8 } from 'node:buffer'
import { invalidRequest, Problem } from '../../core/model/problem.ts'

/** A line up to its line feed; where it cannot be taken, why. */
export type Line = string | Problem

/** Lines that came together. */
export interface Lines {
  /** Number of the first of them, from 1. */
  readonly first: number
  readonly lines: readonly Line[]
  readonly bytes: number
}

const LINE_END = 0x0a

/**
 * Splits a body into lines as it comes; no more is held than one piece of it and one line. A line that is too long is
 * passed over. @throws Problem InvalidRequest when the body breaks off
 */
export async function* textLines(body: AsyncIterable<Buffer>, maxBytes: number): AsyncGenerator<Lines> {
  let first = 1
  let begun: Buffer[] = []
  let length = 0
  const ended = (piece: Buffer): readonly Line[] => {
    if (length <= maxBytes) return linesOf(Buffer.concat([...begun, piece]), maxBytes)
    const end = piece.indexOf(LINE_END)
    const others = end < 0 ? [] : linesOf(piece.subarray(end + 1), maxBytes)
    return [tooLong(maxBytes), ...others]
  }
  for await (const piece of whole(body)) {
    const end = piece.lastIndexOf(LINE_END)
    if (end >= 0) {
      const lines = ended(piece.subarray(0, end))
      yield { first, lines, bytes: length + end }
      first += lines.length
      begun = []
      length = 0
    }
    const rest = piece.subarray(end + 1)
    length += rest.length
    if (length > maxBytes) begun = []
    else if (rest.length > 0) begun.push(rest)
  }
  if (length > 0) yield { first, lines: ended(Buffer.alloc(0)), bytes: length }
}

async function* whole(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* body
  } catch (cause) {
    throw new Problem('InvalidRequest', 'Request ended before its body did', { cause })
  }
}

function linesOf(bytes: Buffer, maxBytes: number): readonly Line[] {
  const lines = isUtf8(bytes) ? bytes.toString('utf8').split('\n') : validLines(bytes)
  if (bytes.length <= maxBytes) return lines
  return lines.map((line) =>
    typeof line === 'string' && Buffer.byteLength(line) > maxBytes ? tooLong(maxBytes) : line,
  )
}

/** Bytes of a line end are part of no other character. */
function validLines(bytes: Buffer): readonly Line[] {
  const lines: Line[] = []
  for (let at = 0; at <= bytes.length; ) {
    const found = bytes.indexOf(LINE_END, at)
    const end = found < 0 ? bytes.length : found
    const line = bytes.subarray(at, end)
    lines.push(isUtf8(line) ? line.toString('utf8') : invalidRequest('Line is not valid UTF-8'))
    at = end + 1
  }
  return lines
}

function tooLong(maxBytes: number): Problem {
  return new Problem(
    'RequestEntityTooLarge',
    `Line is larger than the ${maxBytes} bytes that a line may have`,
  )
}
