import type { Instance } from '../model/entity.ts'
import { NGSI_LD, NGSI_LD_NULL } from '../model/iri.ts'
import { isJsonArray, isJsonObject, type JsonValue, jsonEqual, ownValue } from '../model/json.ts'
import { parseDate, parseDateTime, parseTime } from '../model/time.ts'
import { nullOf } from '../view/told.ts'
import type { AggregationMethod } from './aggregation.ts'

/** What kind of values can be aggregated alike (CIM 009 v1.9.1, 4.5.19.1, tables 1 to 3). */
export type MeasureClass = 'number' | 'time' | 'instant' | 'text' | 'size'

/** A value as it is aggregated: what it is compared and summed up by, and how it is told. */
export interface Measure {
  readonly class: MeasureClass
  readonly key: number | string
  readonly value: JsonValue
}

/** Which methods apply to which class, besides the counts, which apply to every value. */
export const APPLICABLE: Readonly<Record<MeasureClass, ReadonlySet<AggregationMethod>>> = {
  number: new Set(['sum', 'avg', 'min', 'max', 'stddev', 'sumsq']),
  time: new Set(['avg', 'min', 'max']),
  instant: new Set(['min', 'max']),
  text: new Set(['min', 'max']),
  size: new Set(['sum', 'avg', 'min', 'max']),
}

const READERS = { DateTime: parseDateTime, Date: parseDate, Time: parseTime }

/** Answers how the value of an instance is aggregated; undefined where it can only be counted. */
export function measureOf({ kind, value, valueType }: Instance): Measure | undefined {
  if (kind === 'ListProperty' && isJsonArray(value)) return sized(value)
  if (kind !== 'Property' && kind !== 'JsonProperty') return undefined
  if (isJsonArray(value)) return sized(value)
  if (kind === 'Property' && isJsonObject(value) && Object.hasOwn(value, '@value'))
    return typed(ownValue(value, '@value'), ownValue(value, '@type'), value)
  return valueType === undefined ? plain(value) : typed(value, valueType, value)
}

function sized({ length }: readonly JsonValue[]): Measure {
  return { class: 'size', key: length, value: length }
}

/** true is 1 and false is 0 (note of table 1). */
function plain(value: JsonValue): Measure | undefined {
  if (typeof value === 'string') return { class: 'text', key: value, value }
  const number = typeof value === 'boolean' ? Number(value) : value
  return typeof number === 'number' ? { class: 'number', key: number, value: number } : undefined
}

/** Table 2; a text of another type is compared as text unless it names something, as URIs do. */
function typed(
  text: JsonValue | undefined,
  type: JsonValue | undefined,
  value: JsonValue,
): Measure | undefined {
  const name = typeof type === 'string' && type.startsWith(NGSI_LD) ? type.slice(NGSI_LD.length) : type
  if (name === 'DateTime' || name === 'Date' || name === 'Time') {
    const key = typeof text === 'string' ? READERS[name](text) : undefined
    return key === undefined ? undefined : { class: name === 'Time' ? 'time' : 'instant', key, value }
  }
  return name === 'URI' || name === '@id' || name === '@json' ? undefined : plain(text ?? null)
}

/** Tells whether an instance is of a deletion: nothing that could be aggregated. */
export function isDeletion({ kind, value, deletedAt }: Instance & { readonly deletedAt?: number }): boolean {
  if (deletedAt !== undefined || value === NGSI_LD_NULL) return true
  return typeof value === 'object' && jsonEqual(value, nullOf(kind))
}
