import type { Micros } from '../../core/model/time.ts'
import { DAY, dayOf, HOUR } from './totals-writer.ts'

/** A stretch of a period: instants, or numbers of hours or days. */
export interface Piece {
  readonly period: number
  readonly from: number
  /** Not part of it. */
  readonly to: number
}

/** What periods are made of, each list ascending. */
export interface Pieces {
  /** Instants whose rows are to be read one by one. */
  readonly raw: readonly Piece[]
  readonly hours: readonly Piece[]
  readonly days: readonly Piece[]
}

/**
 * Takes periods, as far as they lie behind `from`, to pieces: whole days, whole hours where there is no whole day, and the
 * rest; marked days are all rest.
 */
export function piecesOf(
  bounds: readonly Micros[],
  marked: readonly number[],
  from: Micros = Number.NEGATIVE_INFINITY,
): Pieces {
  const pieces = { raw: [] as Piece[], hours: [] as Piece[], days: [] as Piece[] }
  const add = (list: Piece[], piece: Piece): void => void (piece.from < piece.to && list.push(piece))
  let at = 0 // marked days before the day in hand
  for (let period = 0; period + 1 < bounds.length; period++) {
    const end = bounds[period + 1] ?? 0
    for (let time = Math.max(bounds[period] ?? 0, from); time < end; ) {
      const day = dayOf(time)
      while (at < marked.length && (marked[at] ?? 0) < day) at++
      const next = marked[at] ?? Number.POSITIVE_INFINITY
      const until = untilOf(time, { end, next, marked, at })
      if (next === day) add(pieces.raw, { period, from: time, to: until })
      else if (time === day * DAY && until - time >= DAY) {
        add(pieces.days, { period, from: day, to: dayOf(until) })
      } else addDay({ period, from: time, to: until })
      time = until
    }
  }
  return pieces

  /** Adds a part of one day. */
  function addDay({ period, from, to }: Piece): void {
    const first = Math.ceil(from / HOUR)
    const last = Math.floor(to / HOUR)
    if (first > last) {
      add(pieces.raw, { period, from, to })
      return
    }
    add(pieces.raw, { period, from, to: first * HOUR })
    add(pieces.hours, { period, from: first, to: last })
    add(pieces.raw, { period, from: last * HOUR, to })
  }
}

/** Answers where what begins at this instant ends: a run of marked days, of whole clean days, or the part of a clean one. */
function untilOf(
  time: Micros,
  { end, next, marked, at }: { end: Micros; next: number; marked: readonly number[]; at: number },
): Micros {
  const day = dayOf(time)
  if (next === day) {
    let run = 1
    while (marked[at + run] === day + run) run++
    return Math.min(end, (day + run) * DAY)
  }
  const whole = Math.min(dayOf(end), next)
  return time === day * DAY && whole > day ? whole * DAY : Math.min(end, (day + 1) * DAY)
}
