import { isJsonMap, type Json, type JsonMap, textMember } from '../values/json.ts'
import { compareTimes, laterOf } from '../values/local-time.ts'
import type { MappedRecord } from './map-input.ts'

/** From when to when what a feed brought of a type was observed; neither where nothing says when. */
export interface Span {
  readonly from?: string
  readonly to?: string
}

/** What a feed brought, by the names of types. */
export type Brought = Readonly<Record<string, Span>>

const MOST_TYPES = 100

/** Adds what records brought. */
export function addBrought(before: Brought, records: readonly MappedRecord[]): Brought {
  const spans = new Map(Object.entries(before))
  for (const { documents, time } of records)
    for (const { type: given } of documents)
      for (const type of typeof given === 'string' ? [given] : given) {
        const span = spans.get(type)
        if (span || spans.size < MOST_TYPES) spans.set(type, widened(span, time))
      }
  return Object.fromEntries(spans)
}

/** Reads what was kept as JSON. */
export function broughtOf(value: Json | undefined): Brought {
  if (!isJsonMap(value)) return {}
  const spans = Object.entries(value).map(([type, span]): [string, Span] => {
    const [from, to] = [textMember(span, 'from'), textMember(span, 'to')]
    return [type, from === undefined || to === undefined ? {} : { from, to }]
  })
  return Object.fromEntries(spans)
}

/** Writes it as JSON. */
export function broughtJson(brought: Brought): JsonMap {
  return Object.fromEntries(Object.entries(brought).map(([type, span]) => [type, { ...span }]))
}

function widened(span: Span = {}, time: string | undefined): Span {
  if (time === undefined) return span
  const { from = time, to = time } = span
  return { from: compareTimes(time, from) < 0 ? time : from, to: laterOf(to, time) }
}
