import { DAY, HOUR, MINUTE, type Micros } from '../../../core/model/time.ts'
import { type Period, periodOf } from '../../../core/temporal/periods.ts'
import { dayOf } from '../../port/days.ts'
import type { AggregateQuery } from '../../port/evolution.ts'
import type { Cell, PeriodTotals, Sums } from '../../port/period-totals.ts'
import type { Database } from '../connection.ts'
import { prepareLists, type Statement } from '../statements.ts'
import type { Series } from './placed-row.ts'
import type { SeriesRows } from './series-rows.ts'
import { DAYS, HOURS, MINUTES } from './totals-writer.ts'

/** From coarse to fine; what has no finer cells is read row by row. Only hours that hold many rows have minutes. */
const LEVELS = [
  { level: DAYS, size: DAY },
  { level: HOURS, size: HOUR },
  { level: MINUTES, size: MINUTE },
] as const
type Level = (typeof LEVELS)[number]

/** Adds up the cells of a series, and goes down where one is cut by the end of a period, or of what is asked for. */
export class LevelTotals {
  readonly #rows: SeriesRows
  readonly #cells: Statement<Cell>

  constructor(database: Database, rows: SeriesRows) {
    this.#rows = rows
    this.#cells = prepareLists(
      database,
      `SELECT ${CELL} FROM total
      WHERE subject = ?1 AND attribute = ?2 AND level = ?3 AND start >= ?4 AND start < ?5 ORDER BY start`,
    )
  }

  /** Adds days whose totals are up to date. */
  addDays(totals: PeriodTotals, series: Series, days: readonly Cell[]): void {
    this.#addCells(totals, series, days, 0)
  }

  /** Adds days row by row. */
  addMarked(totals: PeriodTotals, series: Series, days: readonly number[]): void {
    for (const run of runsOf(days, DAY)) this.#addRows(totals, series, run)
  }

  /** Adds days that totals alone tell: what cannot be taken apart belongs to the period in which it begins. */
  addCondensed(totals: PeriodTotals, series: Series, days: readonly Cell[], hoursFrom: number): void {
    const cut = totals.addWhole(days, DAY)
    const isDaily = ([day]: Cell): boolean => day < hoursFrom
    for (const [day, ...sums] of cut.filter(isDaily)) addWhereBegun(totals, day * DAY, sums)
    const hourly = cut.filter((cell) => !isDaily(cell)).map(([day]) => day)
    for (const run of runsOf(hourly, DAY)) {
      const hours = totals.addWhole(this.#finer(totals, series, run, LEVELS[1]), HOUR)
      for (const [hour, ...sums] of hours) addWhereBegun(totals, hour * HOUR, sums)
    }
  }

  /** Adds the rows before an instant, if there are any. */
  addRowsBefore(totals: PeriodTotals, series: Series, end: Micros): void {
    const window = { property: 'observedAt', from: totals.from, to: Math.min(end, totals.to) } as const
    const [first] = this.#rows.read(series, { window, order: 'oldest', limit: 1 })
    if (first) this.#addRows(totals, series, { from: first.time, to: end })
  }

  #addCells(totals: PeriodTotals, series: Series, cells: readonly Cell[], depth: number): void {
    const { size } = LEVELS[depth] ?? LEVELS[0]
    const cut = totals.addWhole(cells, size).map(([start]) => start)
    for (const run of runsOf(cut, size)) this.#addFiner(totals, series, run, depth)
  }

  #addFiner(totals: PeriodTotals, series: Series, run: Period, depth: number): void {
    const finer = LEVELS[depth + 1]
    if (!finer) {
      this.#addRows(totals, series, run)
      return
    }
    const cells = this.#finer(totals, series, run, finer)
    this.#addCells(totals, series, cells, depth + 1)
    if (finer.level === MINUTES) {
      const hours = new Set(cells.map(([minute]) => Math.floor((minute * MINUTE) / HOUR)))
      for (const rest of runsOf(
        hoursOf(run).filter((hour) => !hours.has(hour)),
        HOUR,
      ))
        this.#addRows(totals, series, rest)
    }
  }

  #finer(totals: PeriodTotals, series: Series, run: Period, { level, size }: Level): readonly Cell[] {
    const from = Math.floor(Math.max(run.from, totals.from) / size)
    const to = Math.ceil(Math.min(run.to, totals.to) / size)
    return this.#cells.all(series.subject, series.attribute, level, from, to)
  }

  #addRows(totals: PeriodTotals, series: Series, run: Period): void {
    const { periods } = totals.query
    const until = Math.min(run.to, totals.to)
    for (let at = Math.max(run.from, totals.from); at < until && totals.isTold; ) {
      const end = Math.min(until, endOf(at, periods))
      if (periods && periods.length.months === 0) {
        const { start, length } = periods
        const cells = this.#rows.sumsByCell(series, { from: at, to: end }, { start, size: length.micros })
        for (const [cell, ...sums] of cells) totals.add(start + cell * length.micros, sums)
      } else for (const sums of this.#rows.sums(series, at, end)) totals.add(at, sums)
      at = end
    }
  }
}

function addWhereBegun(totals: PeriodTotals, begin: Micros, sums: Sums): void {
  if (totals.asks(begin)) totals.add(begin, sums)
}

/** How far rows are summed up at once: to the end of the day when there may be many periods in it, or of the period. */
function endOf(at: Micros, periods: AggregateQuery['periods']): Micros {
  if (!periods) return Number.POSITIVE_INFINITY
  return periods.length.months === 0 ? (dayOf(at) + 1) * DAY : periodOf(at, periods.start, periods.length).to
}

/** Joins cells that follow each other; they ascend, some twice. */
function runsOf(cells: readonly number[], size: Micros): readonly Period[] {
  const runs: { from: Micros; to: Micros }[] = []
  for (const cell of cells) {
    const last = runs.at(-1)
    if (last?.to === (cell + 1) * size) continue
    if (last?.to === cell * size) last.to += size
    else runs.push({ from: cell * size, to: (cell + 1) * size })
  }
  return runs
}

function hoursOf({ from, to }: Period): readonly number[] {
  return Array.from({ length: (to - from) / HOUR }, (_, at) => from / HOUR + at)
}

/** The columns of a cell. */
export const CELL = 'start, dataset, count, others, sum, sumsq, least, most'
