import type { JsonValue } from '../../broker/core/model/json.ts'

const DEFAULT_BAND = 10
const DATES = [
  /^((?:19|20)\d{2})-\d{2}(?:-\d{2})?(?:T.{0,40})?$/,
  /^\d{1,2}[/.-]\d{1,2}[/.-]((?:19|20)\d{2})$/,
]

/** Answers the year of a date, or the band that a number lies in; undefined for anything else. */
export function generalise(value: JsonValue, band = DEFAULT_BAND): JsonValue | undefined {
  if (typeof value === 'number') return bandOf(value, band)
  if (typeof value !== 'string') return undefined
  for (const pattern of DATES) {
    const year = pattern.exec(value)?.[1]
    if (year !== undefined) return year
  }
  return undefined
}

function bandOf(value: number, band: number): string {
  const from = Math.floor(value / band) * band
  return `${from}..${from + band}`
}
