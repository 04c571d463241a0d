import { RecordFault } from '../kit/values/fault.ts'

const LINE_FEED = 10
const CARRIAGE_RETURN = 13

const UTF_8 = new TextDecoder('utf-8', { fatal: true })
const UTF_16 = new TextDecoder('utf-16le', { fatal: true })

/** Reads bytes as UTF-8 without its byte order mark; UTF-16 where its mark says so. @throws RecordFault */
export function decodeText(bytes: Uint8Array): string {
  const decoder = bytes[0] === 0xff && bytes[1] === 0xfe ? UTF_16 : UTF_8
  try {
    return decoder.decode(bytes)
  } catch (cause) {
    throw new RecordFault('unreadable', 'Record is not UTF-8 text', cause)
  }
}

/** Tells whether bytes are UTF-8 text. */
export function isText(bytes: Uint8Array): boolean {
  try {
    UTF_8.decode(bytes)
    return true
  } catch {
    return false
  }
}

/** One line of an input without its end. */
export interface Line {
  readonly bytes: Uint8Array
  readonly number: number
  /** The line ended with a line feed: it was not cut. */
  readonly terminated: boolean
}

/** Splits bytes at line feeds, taking carriage returns and the byte order mark off; blank lines are left out. */
export function splitLines(bytes: Uint8Array): readonly Line[] {
  const lines: Line[] = []
  let start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
  for (let number = 1; start < bytes.length; number++) {
    const feed = bytes.indexOf(LINE_FEED, start)
    const end = feed < 0 ? bytes.length : feed
    const text = bytes.subarray(start, bytes[end - 1] === CARRIAGE_RETURN && end > start ? end - 1 : end)
    if (!isBlank(text)) lines.push({ bytes: text, number, terminated: feed >= 0 })
    start = end + 1
  }
  return lines
}

function isBlank(bytes: Uint8Array): boolean {
  return bytes.every((byte) => byte === 32 || byte === 9 || byte === CARRIAGE_RETURN)
}
