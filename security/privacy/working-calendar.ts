import type { Micros } from '../../broker/core/model/time.ts'
import { julianDay, lunarToJulian } from './lunar-calendar.ts'

/** What the government sets for single years: days off besides the usual ones, and days that are worked all the same. */
export interface CalendarDays {
  /** Days such as 2027-02-05. */
  readonly holidays: readonly string[]
  readonly workdays: readonly string[]
}

/** Working days in Vietnam: Monday to Friday but for the holidays of the Labour Code (45/2019/QH14, article 112). */
export interface WorkingCalendar {
  isWorkingDay(day: number): boolean
  /** The end (24:00 in Vietnam) of the last of so many working days after an instant. */
  afterWorkingDays(from: Micros, days: number): Micros
  /**
   * The end of the last of so many days after an instant; where that is none of work, that of the next one that is (Civil
   * Code 91/2015/QH13, articles 147 and 148).
   */
  afterDays(from: Micros, days: number): Micros
}

const DAY: Micros = 86_400_000_000
const VIETNAM: Micros = 7 * 3_600_000_000
const UNIX_JULIAN = 2_440_588
/** Of Tết: so many days before the first of the year, and so many from it on. */
const TET = { before: 1, from: 4 }

/** Makes the calendar; what is set for single years goes before what is computed. */
export function createWorkingCalendar({ holidays, workdays }: CalendarDays): WorkingCalendar {
  const off = new Set(holidays.map(dayOfDate))
  const on = new Set(workdays.map(dayOfDate))
  const years = new Map<number, ReadonlySet<number>>()
  const holidaysOf = (year: number): ReadonlySet<number> => {
    const known = years.get(year)
    if (known) return known
    const days = usualHolidays(year)
    years.set(year, days)
    return days
  }
  const isWorkingDay = (day: number): boolean => {
    if (on.has(day)) return true
    if (off.has(day) || isWeekend(day)) return false
    // what is made up for a holiday on a Sunday in December is in the next year
    const year = yearOf(day)
    return !holidaysOf(year).has(day) && !holidaysOf(year - 1).has(day)
  }
  return {
    isWorkingDay,
    afterWorkingDays: (from, days) => {
      let day = dayIn(from)
      for (let left = days; left > 0; ) if (isWorkingDay(++day)) left--
      return endOf(day)
    },
    afterDays: (from, days) => {
      let day = dayIn(from) + days
      while (!isWorkingDay(day)) day++
      return endOf(day)
    },
  }
}

/** Answers the Julian day number of the day that an instant is on in Vietnam. */
export function dayIn(at: Micros): number {
  return Math.floor((at + VIETNAM) / DAY) + UNIX_JULIAN
}

/** Answers the Julian day number of a date such as 2027-02-05. */
export function dayOfDate(date: string): number {
  const [year = 0, month = 0, day = 0] = date.split('-').map(Number)
  return julianDay(year, month, day)
}

function endOf(day: number): Micros {
  return (day + 1 - UNIX_JULIAN) * DAY - VIETNAM
}

/** A Julian day number of 0 is a Monday. */
function isWeekend(day: number): boolean {
  return day % 7 >= 5
}

function yearOf(day: number): number {
  return new Date((day - UNIX_JULIAN) * 86_400_000).getUTCFullYear()
}

/** New Year, Tết, the Hùng Kings (10th of the third month), 30 April, 1 May, and 2 September with the day before it. */
function usualHolidays(year: number): ReadonlySet<number> {
  const newYear = lunarToJulian({ day: 1, month: 1, year })
  const tet = Array.from({ length: TET.before + TET.from }, (_, at) => newYear - TET.before + at)
  const days = [
    julianDay(year, 1, 1),
    ...tet,
    lunarToJulian({ day: 10, month: 3, year }),
    julianDay(year, 4, 30),
    julianDay(year, 5, 1),
    julianDay(year, 9, 1),
    julianDay(year, 9, 2),
  ]
  const off = new Set(days)
  // a holiday on a day of rest is made up for on the next working day (article 111)
  for (const day of days.filter(isWeekend).sort((one, other) => one - other)) {
    let next = day
    while (isWeekend(next) || off.has(next)) next++
    off.add(next)
  }
  return off
}
