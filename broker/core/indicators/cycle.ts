import { DAY, HOUR, type Micros } from '../model/time.ts'

/** Periods of one length without gaps, each without its start and with its end: a mean is told at the end of its hour. */
export interface Cycle {
  readonly length: Micros
  /** One of the ends. */
  readonly end: Micros
}

/** Vietnam is seven hours ahead of UTC all the year. */
const VIETNAM: Micros = 7 * HOUR

/** Full hours. */
export const HOURS: Cycle = { length: HOUR, end: 0 }

/** Days that end when a clock in Vietnam shows this hour. */
export function daysEndingAt(hour: number): Cycle {
  return { length: DAY, end: hour * HOUR - VIETNAM }
}

/** Answers the end of the period that an instant belongs to. */
export function endOfPeriod({ length, end }: Cycle, at: Micros): Micros {
  return Math.ceil((at - end) / length) * length + end
}

/** Answers the ends of periods behind `after`, up to and with `to`, oldest first. */
export function endsBetween(cycle: Cycle, after: Micros, to: Micros): readonly Micros[] {
  const ends: Micros[] = []
  for (let end = endOfPeriod(cycle, after + 1); end <= to; end += cycle.length) ends.push(end)
  return ends
}

/** Names the day in Vietnam that holds an instant, `YYYY-MM-DD`; midnight is the end of the day before. */
export function vietnamDay(at: Micros): string {
  return new Date((endOfPeriod(daysEndingAt(0), at) - DAY + VIETNAM) / 1000).toISOString().slice(0, 10)
}
