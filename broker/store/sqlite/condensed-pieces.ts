import type { Micros } from '../../core/model/time.ts'
import type { Condensed } from './condensed.ts'
import type { Piece, Pieces } from './pieces.ts'
import { DAY, HOUR } from './totals-writer.ts'

/**
 * Takes the condensed part of periods to hours and days: each belongs to the period in which it begins, wherever in it what
 * it tells of was.
 */
export function condensedPieces(
  bounds: readonly Micros[],
  { rowsFrom, hoursFrom }: Condensed,
): Pick<Pieces, 'hours' | 'days'> {
  const pieces = { hours: [] as Piece[], days: [] as Piece[] }
  for (let period = 0; period + 1 < bounds.length; period++) {
    const from = bounds[period] ?? 0
    const to = Math.min(bounds[period + 1] ?? 0, rowsFrom * DAY)
    const dayEnd = Math.min(Math.ceil(to / DAY), hoursFrom)
    add(pieces.days, { period, from: Math.ceil(from / DAY), to: dayEnd })
    addHours({ period, from: Math.max(Math.ceil(from / HOUR), hoursFrom * 24), to: Math.ceil(to / HOUR) })
  }
  return pieces

  function addHours({ period, from, to }: Piece): void {
    const [firstDay, lastDay] = [Math.ceil(from / 24), Math.floor(to / 24)]
    if (firstDay >= lastDay) {
      add(pieces.hours, { period, from, to })
      return
    }
    add(pieces.hours, { period, from, to: firstDay * 24 })
    add(pieces.days, { period, from: firstDay, to: lastDay })
    add(pieces.hours, { period, from: lastDay * 24, to })
  }
}

function add(list: Piece[], piece: Piece): void {
  if (piece.from < piece.to) list.push(piece)
}
