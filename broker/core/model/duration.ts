import type { Micros } from './time.ts'

const DURATION =
  /^P(?=[\dT])(?:(\d{1,9})Y)?(?:(\d{1,9})M)?(?:(\d{1,9})W)?(?:(\d{1,9})D)?(?:T(?=\d)(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:[.,](\d{1,6}))?S)?)?$/

const SECOND = 1_000_000
const DAY = 86_400 * SECOND
/** Of weeks, days, hours, minutes, seconds. */
const UNITS = [7 * DAY, DAY, 3600 * SECOND, 60 * SECOND, SECOND]

/** A length of time by the calendar: how long its months are depends on the day to count from. */
export interface Duration {
  readonly months: number
  readonly micros: Micros
}

/** Reads an ISO 8601 duration; undefined if it is none. */
export function parseCalendarDuration(text: string): Duration | undefined {
  const [, ...parts] = DURATION.exec(text) ?? []
  if (parts.length === 0) return undefined
  const [years = '0', months = '0', ...others] = parts
  const fraction = Number((others[5] ?? '').padEnd(6, '0'))
  const micros = UNITS.reduce((sum, unit, at) => sum + unit * Number(others[at] ?? 0), fraction)
  return { months: 12 * Number(years) + Number(months), micros }
}

/**
 * Reads an ISO 8601 duration as a length of time; undefined if it is none. Without a day to count from a year has 365
 * days and a month 30: right for lifetimes, not for a calendar.
 */
export function parseDuration(text: string): Micros | undefined {
  const duration = parseCalendarDuration(text)
  if (!duration) return undefined
  const { months, micros } = duration
  return (Math.floor(months / 12) * 365 + (months % 12) * 30) * DAY + micros
}
