import type { Micros } from '../../core/model/time.ts'

export const MINUTE: Micros = 60_000_000
export const HOUR: Micros = 60 * MINUTE
export const DAY: Micros = 24 * HOUR

/** Before and after all instants. */
export const FIRST = -1e300
export const LAST = 1e300

/** Answers the number of the day of UTC that an instant is in. */
export function dayOf(time: Micros): number {
  return Math.floor(time / DAY)
}
