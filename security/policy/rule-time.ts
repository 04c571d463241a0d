import type { Micros } from '../../broker/core/model/time.ts'

/** When a rule holds, as a file writes it: days and hours are those of Việt Nam, +07:00. */
export interface TimeText {
  /** Date, which begins at midnight, or date and time. */
  readonly from?: string
  /** Date, which is the last one, or date and time, which is the end. */
  readonly until?: string
  /** `07:00-17:30`; over midnight the day on which it begins counts. */
  readonly hours?: string
  readonly days?: Day | readonly Day[]
}

export const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'] as const
type Day = (typeof DAYS)[number]

/** When a rule holds. */
export interface RuleTime {
  holds(at: Micros): boolean
  /** The first instant behind this one at which it may hold no more, or hold again. */
  next(at: Micros): Micros
}

const MINUTE = 60_000_000
const DAY = 1440 * MINUTE
const OFFSET = 420 * MINUTE
/** The first day of the epoch was a Thursday. */
const FIRST_DAY = 4

/** Compiles when a rule holds; what is wrong goes to `report`, by member. */
export function compileTime(text: TimeText, report: (member: string, text: string) => void): RuleTime {
  const from = instantOf(text, 'from', report) ?? Number.NEGATIVE_INFINITY
  const until = instantOf(text, 'until', report) ?? Number.POSITIVE_INFINITY
  const [begin, end] = hoursOf(text, report)
  const days = new Set([text.days ?? []].flat().map((day) => DAYS.indexOf(day)))
  if (until <= from) report('until', 'Time of a rule ends before it begins')
  const isOn = (day: number): boolean => days.size === 0 || days.has((((day + FIRST_DAY) % 7) + 7) % 7)
  const isRepeated = text.hours !== undefined || days.size > 0
  return {
    holds: (at) => {
      if (at < from || at >= until) return false
      const day = Math.floor((at + OFFSET) / DAY)
      const time = at + OFFSET - day * DAY
      if (begin < end) return time >= begin && time < end && isOn(day)
      return time >= begin ? isOn(day) : time < end && isOn(day - 1)
    },
    next: (at) => {
      const midnight = Math.floor((at + OFFSET) / DAY) * DAY - OFFSET
      const daily = isRepeated
        ? [begin, end, 0, begin + DAY, end + DAY, DAY].map((time) => midnight + time)
        : []
      return Math.min(...[from, until, ...daily].filter((instant) => instant > at))
    },
  }
}

function instantOf(
  text: TimeText,
  member: 'from' | 'until',
  report: (member: string, text: string) => void,
): Micros | undefined {
  const given = text[member]
  if (given === undefined) return undefined
  const isDate = DATE.test(given)
  const milliseconds = Date.parse(isDate ? `${given}T00:00:00+07:00` : given)
  if (Number.isNaN(milliseconds) || !(isDate || DATE_TIME.test(given))) {
    report(member, 'Time of a rule is neither a date nor a date and time with its zone')
    return undefined
  }
  return milliseconds * 1000 + (isDate && member === 'until' ? DAY : 0)
}

const DATE = /^\d{4}-\d{2}-\d{2}$/
const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})$/

/** Without hours the whole day. */
function hoursOf(
  { hours }: TimeText,
  report: (member: string, text: string) => void,
): readonly [begin: Micros, end: Micros] {
  if (hours === undefined) return [0, DAY]
  const [begin = 0, end = 0] = hours.split('-').map((time) => {
    const [hour = 0, minute = 0] = time.split(':').map(Number)
    return (hour * 60 + minute) * MINUTE
  })
  if (begin === end || begin >= DAY || end > DAY) report('hours', 'Hours of a rule are none')
  return [begin, end]
}
