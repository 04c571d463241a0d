import fc from 'fast-check'
import { NOW } from './store-builders.ts'

export const MINUTE = 60_000_000
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR
/** Where histories begin that tests make up. */
export const START = NOW - 4 * DAY

/** Few instants, so that they meet again, also where hours and days begin. */
export const instants = fc.oneof(
  fc.integer({ min: 0, max: 5 * 24 }).map((hour) => START + hour * HOUR),
  fc.integer({ min: 0, max: 5 * 24 * 4 }).map((quarter) => START + (quarter * HOUR) / 4 + 1),
)

/** Some are closer to 0 than what columns hold, none so that its square is lost. */
export const numbers = fc
  .double({ min: -1e9, max: 1e9, noNaN: true })
  .map((value) => (Math.abs(value) < 1e-100 ? 0 : value))
