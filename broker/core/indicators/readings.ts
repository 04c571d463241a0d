import type { Micros } from '../model/time.ts'
import { endOfPeriod, HOURS } from './cycle.ts'

/** What was measured, and when. */
export interface Reading {
  readonly at: Micros
  readonly value: number
  readonly unitCode?: string
}

/** Mean of an hour by the end of that hour; an hour without readings is not there. */
export type HourlyMeans = ReadonlyMap<Micros, number>

/** Answers the readings behind `after`, up to and with `to`. */
export function readingsBetween(readings: readonly Reading[], after: Micros, to: Micros): readonly Reading[] {
  return readings.filter(({ at }) => at > after && at <= to)
}

/** Answers the arithmetic mean of the readings of each hour. */
export function hourlyMeans(readings: readonly Reading[]): HourlyMeans {
  const hours = new Map<Micros, number[]>()
  for (const { at, value } of readings) {
    const end = endOfPeriod(HOURS, at)
    const values = hours.get(end)
    if (values) values.push(value)
    else hours.set(end, [value])
  }
  return new Map([...hours].map(([end, values]) => [end, mean(values)]))
}

/** Answers the arithmetic mean; of nothing it is no number. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Rounds half up, as the examples of regulations do; binary fractions do not decide what is a half. */
export function roundHalfUp(value: number, decimals = 0): number {
  const factor = 10 ** decimals
  return Math.floor(Number((value * factor).toPrecision(12)) + 0.5) / factor
}
