import { unmapped } from './fault.ts'
import { toUtc } from './local-time.ts'

/** When a row was observed, and since when where it is of an interval. */
export interface RowPeriod {
  readonly end: string
  readonly start?: string
}

const DURATION =
  /^P(?:(?<years>\d+)Y)?(?:(?<months>\d+)M)?(?:(?<weeks>\d+)W)?(?:(?<days>\d+)D)?(?:T(?:(?<hours>\d+)H)?(?:(?<minutes>\d+)M)?)?$/
const ISO = /^\d{4}-\d{2}-\d{2}(?:$|[T ]\d{2}:\d{2})/
/** Milliseconds of what times since 1970 are counted in. */
const SINCE_1970: Readonly<Record<string, number>> = { seconds: 1000, milliseconds: 1 }
const QUARTERS: Readonly<Record<string, number>> = { I: 1, II: 2, III: 3, IV: 4 }

/**
 * Reads the time of a row: `format` is `iso`, `seconds` or `milliseconds` since 1970, or patterns, of which the first that fits is taken;
 * ISO 8601 is understood besides. @throws RecordFault
 */
export function rowTime(text: string, format: string | readonly string[], zone: string): string {
  if (ISO.test(text)) return toUtc(text, 'iso', zone)
  const [first = 'iso', ...others] = [format].flat()
  const since1970 = SINCE_1970[first]
  if (since1970 !== undefined && /^\d{1,13}(?:\.\d+)?$/.test(text))
    return new Date(Number(text) * since1970).toISOString().replace('.000Z', 'Z')
  try {
    return toUtc(text, first, zone)
  } catch (fault) {
    if (others.length === 0) throw fault
    return rowTime(text, others, zone)
  }
}

/** Reads a period of a report: `2025`, `Q3/2025`, `Quý III/2025`, `2025-11`, `Tháng 11/2025`, `11/2025`. @throws RecordFault */
export function reportPeriod(text: string, zone: string): RowPeriod {
  const year = /(?:19|20)\d{2}/.exec(text)?.[0]
  const rest = text
    .replace(year ?? '', ' ')
    .replace(/năm/i, ' ')
    .replace(/[-/.\s]+/g, ' ')
    .trim()
  if (year === undefined) throw unmapped('Period has no year')
  if (rest === '') return periodFrom(toUtc(`${year}-01-01`, 'iso', zone), 'P1Y', zone)
  const quarter = /^(?:quý|q)\s*(?<number>[1-4]|I{1,3}|IV)$/i.exec(rest)?.groups?.number
  if (quarter !== undefined) {
    const number = QUARTERS[quarter.toUpperCase()] ?? Number(quarter)
    return periodFrom(toUtc(`${year}-${twoDigits(3 * number - 2)}-01`, 'iso', zone), 'P3M', zone)
  }
  const month = /^(?:tháng|t|m)?\s*(\d{1,2})$/i.exec(rest)?.[1]
  if (month === undefined) throw unmapped('Period is no year, quarter or month')
  return periodFrom(toUtc(`${year}-${twoDigits(Number(month))}-01`, 'iso', zone), 'P1M', zone)
}

/** Answers the interval of a length that begins at a time. */
export function periodFrom(start: string, period: string, zone: string): RowPeriod {
  return { start, end: moved(start, period, { zone, sign: 1 }) }
}

/** Answers the interval of a length that ends at a time. */
export function periodUntil(end: string, period: string, zone: string): RowPeriod {
  return { start: moved(end, period, { zone, sign: -1 }), end }
}

/** Tells whether a text is a length of time that periods may have. */
export function isPeriod(text: string): boolean {
  return DURATION.test(text) && text.length > 2 && !text.endsWith('T')
}

/** Minutes of a length that has the same number of them always; undefined for months and years. */
export function minutesOf(period: string): number | undefined {
  const { years, months, weeks = 0, days = 0, hours = 0, minutes = 0 } = DURATION.exec(period)?.groups ?? {}
  if (years !== undefined || months !== undefined) return undefined
  return ((Number(weeks) * 7 + Number(days)) * 24 + Number(hours)) * 60 + Number(minutes)
}

/** Moves a time in UTC by minutes. */
export function byMinutes(utc: string, minutes: number): string {
  return new Date(Date.parse(utc) + minutes * 60_000).toISOString().replace('.000Z', 'Z')
}

/** Months are those of the calendar there. */
function moved(
  utc: string,
  period: string,
  { zone, sign }: { readonly zone: string; readonly sign: 1 | -1 },
): string {
  const minutes = minutesOf(period)
  if (minutes !== undefined) return byMinutes(utc, sign * minutes)
  const { years = 0, months = 0 } = DURATION.exec(period)?.groups ?? {}
  const offset = zoneMinutes(zone)
  const local = new Date(Date.parse(utc) + offset * 60_000)
  local.setUTCMonth(local.getUTCMonth() + sign * (Number(years) * 12 + Number(months)))
  return byMinutes(local.toISOString(), -offset)
}

function zoneMinutes(zone: string): number {
  return (Date.parse('2000-01-01T00:00:00Z') - Date.parse(`2000-01-01T00:00:00${zone}`)) / 60_000
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0')
}
