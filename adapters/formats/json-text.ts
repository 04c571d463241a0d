import { RecordFault } from '../kit/fault.ts'
import type { Json } from '../kit/json.ts'
import type { Decoded, Format } from './format.ts'
import { itemsAt } from './json-items.ts'
import { decodeText, splitLines } from './text.ts'

/** How JSON of a feed is written. */
export interface JsonOptions {
  /** One document per line (NDJSON). */
  readonly lines?: boolean
  /** Names from the top of a document to the array of records, joined by dots; an array at the top needs none. */
  readonly path?: string
}

/** JSON: one document, an array of records inside it, or a document per line. */
export function jsonText(options: JsonOptions = {}): Format {
  return {
    readsName: false,
    decode: (bytes) =>
      options.lines === true
        ? splitLines(bytes).map((line) => decodeJson(line.bytes, line.number))
        : decodeDocument(bytes, options.path),
    decodeOne: (raw) => decodeJson(raw, 1),
  }
}

function decodeJson(raw: Uint8Array, line: number): Decoded {
  try {
    return { value: parse(decodeText(raw)), raw, line }
  } catch (fault) {
    if (!(fault instanceof RecordFault)) throw fault
    return { fault, raw, line }
  }
}

function decodeDocument(bytes: Uint8Array, path: string | undefined): Decoded[] {
  try {
    const text = decodeText(bytes)
    const items = itemsAt(text, path === undefined ? [] : path.split('.'))
    return items ? items.map((item) => decodeItem(text, item)) : [wholeDocument(bytes, text, path)]
  } catch (fault) {
    if (!(fault instanceof RecordFault)) throw fault
    return [{ fault, raw: bytes, line: 1 }]
  }
}

function decodeItem(
  text: string,
  { start, end, line }: { start: number; end: number; line: number },
): Decoded {
  return decodeJson(Buffer.from(text.slice(start, end)), line)
}

function wholeDocument(bytes: Uint8Array, text: string, path: string | undefined): Decoded {
  const value = parse(text)
  if (path !== undefined) throw new RecordFault('unreadable', `Document has no array at ${path}`)
  return { value, raw: bytes, line: 1 }
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json // JSON.parse answers nothing else
  } catch {
    throw new RecordFault('unreadable', 'Record is not valid JSON')
  }
}
