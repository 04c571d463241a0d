import { RecordFault } from '../kit/values/fault.ts'
import { type Json, member } from '../kit/values/json.ts'
import type { Decoded, Format } from './format.ts'
import { itemsAt } from './json-items.ts'
import { decodeText, splitLines } from './text.ts'

/** How JSON of a feed is written. */
export interface JsonOptions {
  /** One document per line (NDJSON). */
  readonly lines?: boolean
  /**
   * Names from the top of a document to the array of records, joined by dots; an array at the top needs none. A member on the way may be a
   * text that is JSON itself.
   */
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
    return recordsAt(decodeText(bytes), path === undefined ? [] : path.split('.'), bytes)
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

function recordsAt(text: string, path: readonly string[], raw: Uint8Array): Decoded[] {
  const items = itemsAt(text, path)
  if (items) return items.map((item) => decodeItem(text, item))
  const value = parse(text)
  if (path.length === 0) return [{ value, raw, line: 1 }]
  const inner = textOnTheWay(value, path)
  if (!inner) throw new RecordFault('unreadable', `Document has no array at ${path.join('.')}`)
  return recordsAt(inner.text, inner.rest, Buffer.from(inner.text))
}

/** A text on a path, and what of the path is in it. */
function textOnTheWay(
  value: Json,
  path: readonly string[],
): { readonly text: string; readonly rest: readonly string[] } | undefined {
  let found: Json | undefined = value
  for (const [at, name] of path.entries()) {
    found = member(found, name)
    if (typeof found === 'string') return { text: found, rest: path.slice(at + 1) }
  }
  return undefined
}

function parse(text: string): Json {
  try {
    return JSON.parse(text) as Json // JSON.parse answers nothing else
  } catch {
    throw new RecordFault('unreadable', 'Record is not valid JSON')
  }
}
