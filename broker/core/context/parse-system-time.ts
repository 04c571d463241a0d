import { isJsonObject, type JsonValue } from '../model/json.ts'
import { type Micros, parseDateTime } from '../model/time.ts'

/** The last one that was read: what is written together has equal times. */
let last: { readonly text: string; readonly time: Micros | undefined } = { text: '', time: undefined }

/** Reads a time that a broker writes about its data, bare or as a typed value; undefined if it is none. */
export function parseSystemTime(value: JsonValue | undefined): Micros | undefined {
  const text = isJsonObject(value) ? value['@value'] : value
  if (typeof text !== 'string') return undefined
  if (text !== last.text) last = { text, time: parseDateTime(text) }
  return last.time
}
