import { unmapped } from './fault.ts'

/** Texts that sources write where they have no value. */
const NO_VALUE = new Set(['', 'n/a', 'na', 'null', 'none', '-', '--', 'nan'])
const NUMBER = /^[+-]?(?:\d+(?:[.,]\d+)?|[.,]\d+)(?:[eE][+-]?\d+)?$/
const WITH_UNIT = /^([+-]?(?:\d+(?:[.,]\d+)?|[.,]\d+)(?:[eE][+-]?\d+)?)\s*(\D.*)?$/u

/** A value with the unit that the source wrote beside it. */
export interface Measure {
  readonly value: number
  readonly unit?: string
}

/** Tells whether a source says that it has no value here (`N/A`, `-`, nothing). */
export function isNoValue(text: string): boolean {
  return NO_VALUE.has(text.trim().toLowerCase())
}

/** Reads a number with a decimal point or comma. @throws RecordFault, never a 0 in its place */
export function toNumber(text: string): number {
  const trimmed = text.trim()
  if (!NUMBER.test(trimmed)) throw unmapped('Value is not a number')
  return Number(trimmed.replace(',', '.'))
}

/** Reads a number and the unit behind it, such as `3.9 km/h`, `57%` or `15.0°C`. @throws RecordFault */
export function toMeasure(text: string): Measure {
  const found = WITH_UNIT.exec(text.trim())
  if (!found?.[1]) throw unmapped('Value is not a number with a unit')
  const unit = found[2]?.trim()
  return { value: toNumber(found[1]), ...(unit !== undefined && unit !== '' && { unit }) }
}
