import type { JsonValue } from '../model/json.ts'
import { parseDate, parseDateTime, parseTime } from '../model/time.ts'
import type { QScalar } from './ast.ts'
import { compareText } from './compare-text.ts'
import type { Target } from './find-target.ts'

/**
 * Orders a value against what a query compares it with; undefined when their types differ (CIM 009 v1.9.1, 4.9).
 *
 * Number with number, boolean with boolean (equality only), text and URI with text by code point. A DateTime, Date or
 * Time of the query goes with texts that are one, as instants. A member such as observedAt is a DateTime: it goes with
 * DateTimes, also quoted ones, and with Dates, which stand for the start of their day.
 */
export function compareScalar(item: JsonValue, kind: Target['kind'], scalar: QScalar): number | undefined {
  if (kind === 'time') return typeof item === 'number' ? compareInstant(item, scalar) : undefined
  switch (scalar.kind) {
    case 'number':
      return typeof item === 'number' ? item - scalar.value : undefined
    case 'boolean':
      return item === scalar.value ? 0 : undefined
    case 'string':
    case 'uri':
      return typeof item === 'string' ? compareText(item, scalar.value) : undefined
    case 'dateTime':
      return difference(item, parseDateTime, scalar.value)
    case 'date':
      return difference(item, parseDate, scalar.value)
    case 'time':
      return difference(item, parseTime, scalar.value)
  }
}

function difference(
  item: JsonValue,
  parse: (text: string) => number | undefined,
  value: number,
): number | undefined {
  const parsed = typeof item === 'string' ? parse(item) : undefined
  return parsed === undefined ? undefined : parsed - value
}

function compareInstant(item: number, scalar: QScalar): number | undefined {
  if (scalar.kind === 'dateTime' || scalar.kind === 'date') return item - scalar.value
  const instant = scalar.kind === 'string' ? parseDateTime(scalar.value) : undefined
  return instant === undefined ? undefined : item - instant
}
