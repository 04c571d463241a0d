import type { Micros } from '../core/model/time.ts'

/** The hub's clock: microseconds, never going back within the process. */
export const clock = ((): (() => Micros) => {
  let last = 0
  return () => {
    last = Math.max(last + 1, Date.now() * 1000)
    return last
  }
})()

/** The time of day in microseconds: to compare with, and to be asked as often as one likes. */
export const timeOfDay = (): Micros => Date.now() * 1000
