import type { Micros } from './time.ts'

const DURATION =
  /^P(?=[\dT])(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:[.,](\d{1,6}))?S)?)?$/

const SECOND = 1_000_000
const DAY = 86_400 * SECOND
/** Of years, months, weeks, days, hours, minutes, seconds. */
const UNITS = [365 * DAY, 30 * DAY, 7 * DAY, DAY, 3600 * SECOND, 60 * SECOND, SECOND]

/**
 * Reads an ISO 8601 duration as a length of time; undefined if it is none. Without a day to count from a year has 365
 * days and a month 30: right for lifetimes, not for a calendar.
 */
export function parseDuration(text: string): Micros | undefined {
  const [, ...parts] = DURATION.exec(text) ?? []
  if (parts.length === 0) return undefined
  const fraction = Number((parts[7] ?? '').padEnd(6, '0'))
  return UNITS.reduce((sum, unit, at) => sum + unit * Number(parts[at] ?? 0), fraction)
}
