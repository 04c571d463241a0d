import { unmapped } from '../values/fault.ts'
import { type Json, type JsonMap, member } from '../values/json.ts'
import { toUtc } from '../values/local-time.ts'
import { timeText } from './foreign-value.ts'

/** When the attributes of an entity were observed: at the end of an interval, where there is one. */
export interface ObservedTime {
  readonly from?: string
  readonly to: string
}

/** Reads the first of these attributes that a document has, a time or an interval of ISO 8601. @throws RecordFault */
export function observedTime(document: JsonMap, names: readonly string[]): ObservedTime | undefined {
  for (const name of names) {
    const body = Object.hasOwn(document, name) ? document[name] : undefined
    if (body === undefined) continue
    const [first, last] = textIn(body, name).split('/')
    const read = (text: string) => toUtc(text)
    return last === undefined ? { to: read(first ?? '') } : { from: read(first ?? ''), to: read(last) }
  }
  return undefined
}

function textIn(body: Json, name: string): string {
  try {
    return timeText(member(body, 'value') ?? body)
  } catch {
    throw unmapped(`Attribute ${name} is not a time`)
  }
}
