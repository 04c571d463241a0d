import type { Instance } from '../../core/model/entity.ts'
import type { Micros } from '../../core/model/time.ts'
import type { AggregateQuery, PeriodTotal } from '../port/evolution.ts'
import { condensedReader } from './condensed.ts'
import { condensedPieces } from './condensed-pieces.ts'
import type { Database } from './connection.ts'
import type { HistoryPlaces } from './history-places.ts'
import { isPlain } from './history-rows.ts'
import type { Names } from './names.ts'
import { PeriodTotals, type Sums } from './period-totals.ts'
import { type Piece, type Pieces, piecesOf } from './pieces.ts'
import { FIRST } from './placed-row.ts'
import { prepare, prepareLists } from './statements.ts'
import { DAY, DAYS, dayOf, HOURS, SUMS_OF_TOTALS } from './totals-writer.ts'

/** The rows that one life of an entity has of an attribute. */
interface Stretch {
  readonly subject: number
  readonly first: Micros
  readonly last: Micros
}

interface SeriesKey {
  readonly subject: number
  readonly name: number
}

interface SeriesPeriods extends SeriesKey {
  readonly bounds: readonly Micros[]
}

/** So many totals for each stretch that is asked for are rather read at once than stretch by stretch. */
const DENSE = 8

/**
 * Answers a function that reads totals by period, of whole hours and days where these are up to date, and of whatever was
 * condensed.
 */
export function totalsReader(
  database: Database,
  places: HistoryPlaces,
  names: Names,
): (id: string, query: AggregateQuery) => readonly PeriodTotal[] | undefined {
  const tables = statements(database)
  const condensedOf = condensedReader(database)
  return (id, { attribute, datasetIds, bounds, condensed }) => {
    const [from = 0] = bounds
    const to = bounds.at(-1) ?? from
    const totals = new PeriodTotals(bounds, datasetIds)
    const subjects = places.subjects(id)
    const name = names.find(attribute)
    if (name !== undefined) for (const subject of subjects) addCondensed(totals, { subject, name, bounds })
    if (condensed) return totals.answer() ?? []
    for (const row of places.wholes(subjects, attribute)) {
      if (!row.observed || row.time < from || row.time >= to || !totals.wants(row.dataset)) continue
      const instance: Instance = JSON.parse(row.text ?? '{}')
      if (typeof instance.value !== 'number' || !isPlain(instance)) return undefined
      if (places.isTwice(subjects, attribute, row)) return undefined
      totals.addValue(row.dataset, row.time, instance.value)
    }
    const stretches = name === undefined ? [] : stretchesOf(subjects, { name, from, to })
    if (stretches.some(({ last }, at) => last >= (stretches[at + 1]?.first ?? Number.POSITIVE_INFINITY))) {
      return undefined // two lives may tell of the same instant
    }
    for (const { subject } of stretches) addStretch(totals, { subject, name: name ?? 0, bounds })
    return totals.answer()
  }

  function stretchesOf(
    subjects: readonly number[],
    { name, from, to }: { name: number; from: Micros; to: Micros },
  ): readonly Stretch[] {
    if (subjects.length < 2) return subjects.map((subject) => ({ subject, first: from, last: to }))
    const window = { property: 'observedAt', from, to } as const
    const stretches = subjects.flatMap((subject) => {
      const series = { subject, attribute: name }
      const [first, last] = (['oldest', 'newest'] as const).map(
        (order) => places.rows.read(series, { window, order, limit: 1 })[0]?.time,
      )
      return first === undefined || last === undefined ? [] : [{ subject, first, last }]
    })
    return stretches.sort((left, right) => left.first - right.first)
  }

  /** Adds the numbers that totals alone tell. */
  function addCondensed(totals: PeriodTotals, { subject, name, bounds }: SeriesPeriods): void {
    const condensed = condensedOf(subject, name)
    if (condensed.rowsFrom * DAY > (bounds[0] ?? 0))
      addPieces(totals, { subject, name }, condensedPieces(bounds, condensed))
  }

  /** Adds what rows tell, in finished days by totals that are up to date; what is late in condensed days is told by rows. */
  function addStretch(totals: PeriodTotals, { subject, name, bounds }: SeriesPeriods): void {
    const { rowsFrom } = condensedOf(subject, name)
    const [from = 0] = bounds
    const to = bounds.at(-1) ?? from
    const condensedTo = Math.max(rowsFrom * DAY, FIRST)
    if (from < condensedTo && hasRows({ subject, name }, from, Math.min(to, condensedTo)))
      addRows(totals, { subject, name }, beforeOf(bounds, condensedTo))
    const firstDay = Math.max(dayOf(from), rowsFrom)
    const marked = tables.dirty.all(subject, name, firstDay, Math.ceil(to / DAY)).map(({ day }) => day)
    const pieces = piecesOf(bounds, marked, condensedTo)
    addRows(totals, { subject, name }, pieces.raw)
    addPieces(totals, { subject, name }, pieces)
  }

  function hasRows({ subject, name }: SeriesKey, from: Micros, to: Micros): boolean {
    const range = { window: { property: 'observedAt', from, to }, order: 'oldest', limit: 1 } as const
    return places.rows.read({ subject, attribute: name }, range).length > 0
  }

  function addRows(totals: PeriodTotals, { subject, name }: SeriesKey, pieces: readonly Piece[]): void {
    for (const { period, from, to } of pieces) {
      for (const sums of places.rows.sums({ subject, attribute: name }, from, to)) totals.add(period, sums)
    }
  }

  function addPieces(
    totals: PeriodTotals,
    { subject, name }: SeriesKey,
    { hours, days }: Pick<Pieces, 'hours' | 'days'>,
  ): void {
    for (const [level, pieces] of [[HOURS, hours] as const, [DAYS, days] as const]) {
      const first = pieces[0]?.from ?? 0
      const last = pieces.at(-1)?.to ?? 0
      if (last - first > DENSE * pieces.length) {
        for (const { period, from: start, to: end } of pieces) {
          for (const sums of tables.sums.all(subject, name, level, start, end)) totals.add(period, sums)
        }
      } else addEach(totals, pieces, tables.each.all(subject, name, level, first, last))
    }
  }
}

/** Answers the parts of periods that lie before an instant. */
function beforeOf(bounds: readonly Micros[], end: Micros): readonly Piece[] {
  const pieces = bounds
    .slice(0, -1)
    .map((from, period) => ({ period, from, to: Math.min(bounds[period + 1] ?? 0, end) }))
  return pieces.filter(({ from, to }) => from < to)
}

/** Adds totals in the order of their start to the pieces that they are in. */
function addEach(
  totals: PeriodTotals,
  pieces: readonly Piece[],
  rows: readonly (readonly [start: number, ...sums: Sums])[],
): void {
  let at = 0
  for (const [start, ...sums] of rows) {
    while (at < pieces.length && (pieces[at]?.to ?? 0) <= start) at++
    const piece = pieces[at]
    if (piece && piece.from <= start) totals.add(piece.period, sums)
  }
}

function statements(database: Database) {
  const of = 'subject = ?1 AND attribute = ?2'
  const totals = `FROM total WHERE ${of} AND level = ?3 AND start >= ?4 AND start < ?5`
  return {
    // over the days that anything is marked of: few, while their number in a long range is not
    dirty: prepare<{ day: number }>(
      database,
      `WITH RECURSIVE marked (day) AS (
        SELECT min(day) FROM dirty WHERE day >= ?3
        UNION ALL SELECT (SELECT min(day) FROM dirty WHERE day > marked.day) FROM marked WHERE marked.day < ?4)
      SELECT day FROM marked WHERE day < ?4
      AND EXISTS (SELECT 1 FROM dirty WHERE dirty.day = marked.day AND subject = ?1 AND attribute = ?2) ORDER BY day`,
    ),
    sums: prepareLists<Sums>(database, `SELECT ${SUMS_OF_TOTALS} ${totals} GROUP BY dataset`),
    each: prepareLists<readonly [start: number, ...sums: Sums]>(
      database,
      `SELECT start, dataset, count, others, sum, sumsq, least, most ${totals} ORDER BY start`,
    ),
  }
}
