import type { Duration } from '../model/duration.ts'
import { DAY, type Micros } from '../model/time.ts'

/** Where time ends, for a DateTime has four digits for the year: 9999-12-31T23:59:59Z. */
const END_OF_TIME: Micros = 253_402_300_799_000_000

/** From an instant that belongs to it to one that does not. */
export interface Period {
  readonly from: Micros
  readonly to: Micros
}

/**
 * Answers the period in which an instant lies when periods of this length follow each other from `start` on (CIM 009
 * v1.9.1, 4.5.19.1). Months are counted from the start, in UTC: a month after the 31st of January is the last of February,
 * two months after it the 31st of March. The instant is not before the start.
 */
export function periodOf(at: Micros, start: Micros, length: Duration): Period {
  const place = placeOf(at, start, length)
  return { from: nth(place, start, length), to: nth(place + 1, start, length) }
}

/** The last period that begins at or before the instant, by halves where months differ. */
function placeOf(at: Micros, start: Micros, length: Duration): number {
  if (length.months === 0) return Math.floor((at - start) / length.micros)
  let low = 0
  let high = Math.floor((at - start) / (length.months * 28 * DAY + length.micros)) + 1
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2)
    if (nth(middle, start, length) <= at) low = middle
    else high = middle
  }
  return low
}

function nth(place: number, start: Micros, { months, micros }: Duration): Micros {
  const at = addMonths(start, months * place) + micros * place
  return at < END_OF_TIME ? at : END_OF_TIME
}

/** Not a number beyond the end of time. */
function addMonths(start: Micros, months: number): Micros {
  if (months === 0) return start
  const day = Math.floor(start / DAY)
  const date = new Date((day * DAY) / 1000)
  const month = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, 1)
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months + 1, 0)).getUTCDate()
  return month * 1000 + (Math.min(date.getUTCDate(), last) - 1) * DAY + (start - day * DAY)
}
