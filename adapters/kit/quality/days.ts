/** Milliseconds of a day. */
export const DAY = 86_400_000
/** Days are those of Việt Nam. */
const ZONE = 7 * 3_600_000

/** Answers the number of the day that a time is of; midnight ends a day, as it ends the interval that is told at it. */
export function dayOf(at: number): number {
  return Math.ceil((at + ZONE) / DAY) - 1
}

/** Answers when a day begins; it ends when the next one does. */
export function startOf(day: number): number {
  return day * DAY - ZONE
}

/** Where an observation belongs in the row of those that are expected of its series. */
export interface Slot {
  readonly day: number
  /** Place among the slots of its day. */
  readonly place: number
}

/** The row of slots of a series: one each period, in step with its first observation, so that jitter moves nothing. */
export interface Row {
  readonly since: number
  readonly period: number
}

/** Answers the slot of a time; undefined: it is before the row. */
export function slotOf(at: number, { since, period }: Row): Slot | undefined {
  const slot = Math.round((at - since) / period)
  if (slot < 0) return undefined
  const day = dayOf(since + slot * period)
  return { day, place: slot - firstSlot(day, { since, period }) }
}

/** Answers how many slots of a row are in a day, up to a time. */
export function slotsIn(day: number, until: number, { since, period }: Row): number {
  const last = Math.floor((Math.min(until, startOf(day + 1)) - since) / period)
  return Math.max(0, last - Math.max(0, firstSlot(day, { since, period })) + 1)
}

function firstSlot(day: number, { since, period }: Row): number {
  return Math.floor((startOf(day) - since) / period) + 1
}
