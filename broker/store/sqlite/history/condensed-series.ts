import type { Iri } from '../../../core/model/iri.ts'
import { DAY, HOUR, type Micros } from '../../../core/model/time.ts'
import { FIRST, LAST } from '../../port/days.ts'
import type { CondensedSeries, TimeRange } from '../../port/evolution.ts'
import type { Database } from '../connection.ts'
import { prepare } from '../statements.ts'
import type { HistoryPlaces } from './history-places.ts'
import { DAYS, HOURS } from './totals-writer.ts'

interface Row {
  readonly attribute: number
  readonly iri: Iri
  readonly rowsFrom: number
  readonly hoursFrom: number | null
}

/** Answers a function that tells of which attributes of an id totals alone tell something, within a range of time. */
export function condensedSeriesReader(
  database: Database,
  places: HistoryPlaces,
): (id: string, range: TimeRange) => readonly CondensedSeries[] {
  const tables = statements(database)
  return (id, range) => {
    const found = new Map<Iri, CondensedSeries>()
    for (const subject of places.subjects(id)) {
      for (const row of tables.of.all(subject)) {
        const starts = startsOf(subject, row, range)
        if (!starts) continue
        const { first, last } = found.get(row.iri) ?? starts
        found.set(row.iri, {
          attribute: row.iri,
          first: Math.min(first, starts.first),
          last: Math.max(last, starts.last),
        })
      }
    }
    return [...found.values()]
  }

  function startsOf(
    subject: number,
    { attribute, rowsFrom, hoursFrom }: Row,
    { from = FIRST, to = LAST }: TimeRange,
  ): { readonly first: Micros; readonly last: Micros } | undefined {
    const hours = hoursFrom ?? FIRST
    const levels = [
      { level: DAYS, length: DAY, from: Math.ceil(from / DAY), to: Math.min(Math.ceil(to / DAY), hours) },
      {
        level: HOURS,
        length: HOUR,
        from: Math.max(Math.ceil(from / HOUR), hours * 24),
        to: Math.min(Math.ceil(to / HOUR), rowsFrom * 24),
      },
    ]
    const starts = levels.flatMap(({ level, length, ...range }) =>
      [tables.first, tables.last].flatMap((statement) => {
        const start = statement.get(subject, attribute, level, range.from, range.to)?.start
        return start === undefined ? [] : [start * length]
      }),
    )
    return starts.length === 0 ? undefined : { first: Math.min(...starts), last: Math.max(...starts) }
  }
}

function statements(database: Database) {
  const starts =
    'SELECT start FROM total WHERE subject = ? AND attribute = ? AND level = ? AND start >= ? AND start < ?'
  return {
    of: prepare<Row>(
      database,
      `SELECT attribute, iri, rows_from AS rowsFrom, hours_from AS hoursFrom
      FROM condensed JOIN name ON name.key = attribute WHERE subject = ?`,
    ),
    first: prepare<{ start: number }>(database, `${starts} ORDER BY start LIMIT 1`),
    last: prepare<{ start: number }>(database, `${starts} ORDER BY start DESC LIMIT 1`),
  }
}
