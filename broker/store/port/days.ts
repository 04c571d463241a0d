import { DAY, type Micros } from '../../core/model/time.ts'

/** Before and after all instants. */
export const FIRST = -1e300
export const LAST = 1e300

/** Answers the number of the day of UTC that an instant is in. */
export function dayOf(time: Micros): number {
  return Math.floor(time / DAY)
}
