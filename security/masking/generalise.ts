import { type JsonValue, unwrapped } from '../../broker/core/model/json.ts'

const DEFAULT_BAND = 10
const YEAR = '((?:19|20)\\d{2})'
/** Year and month of dates as they are written here: ISO 8601, day first, and without separators (Decision 130). */
const DATES: readonly { readonly pattern: RegExp; readonly year: number; readonly month: number }[] = [
  { pattern: new RegExp(`^${YEAR}-(\\d{2})(?:-\\d{2})?(?:T.{0,40})?$`), year: 1, month: 2 },
  { pattern: new RegExp(`^\\d{1,2}[/.-](\\d{1,2})[/.-]${YEAR}$`), year: 2, month: 1 },
  { pattern: new RegExp(`^${YEAR}(0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])(?:\\d{4})?$`), year: 1, month: 2 },
]

/** How coarse: a date keeps its month, its year, or a band of years; a number the band that it lies in. */
export interface Coarseness {
  readonly to?: 'year' | 'month' | undefined
  readonly band?: number | undefined
}

/**
 * Answers the year or month of a date, or the band that a year or number lies in; undefined for anything else. Five years of
 * birth are the age band of k-anonymity: a mask knows no clock, and an age would change with the day of asking.
 */
export function generalise(value: JsonValue, { to, band }: Coarseness = {}): JsonValue | undefined {
  if (typeof value === 'number') return bandOf(value, band ?? DEFAULT_BAND)
  const text = unwrapped(value)
  if (typeof text !== 'string') return undefined
  for (const { pattern, year, month } of DATES) {
    const found = pattern.exec(text)
    if (!found) continue
    if (to === 'month') return `${found[year]}-${found[month]?.padStart(2, '0')}`
    return band === undefined ? found[year] : bandOf(Number(found[year]), band)
  }
  return undefined
}

function bandOf(value: number, band: number): string {
  const from = Math.floor(value / band) * band
  return `${from}..${from + band}`
}
