import type { Instance } from '../../../core/model/entity.ts'
import type { Iri } from '../../../core/model/iri.ts'
import { DAY, HOUR, type Micros } from '../../../core/model/time.ts'
import type { Horizon } from '../../../core/temporal/retention.ts'
import { dayOf, FIRST } from '../../port/days.ts'
import { NumberSums } from '../../port/number-sums.ts'
import type { Database } from '../connection.ts'
import type { Names } from '../names.ts'
import { prepare } from '../statements.ts'
import { type Condensed, condensedReader } from './condensed.ts'
import type { HistoryPlaces } from './history-places.ts'
import type { PlacedRow } from './placed-row.ts'
import { DAYS, HOURS, MINUTES } from './totals-writer.ts'

/** An attribute in all lives of an id. */
export interface LivesSeries {
  readonly subjects: readonly number[]
  readonly attribute: Iri
}

type Named = LivesSeries & { readonly name: number }

/** So many rows are taken into totals at once at most, unless all have one time or their day is packed. */
const ROWS = 2000
/** Totals of so many days are removed at once. */
const DAYS_AT_ONCE = 31

/**
 * Takes the instances of a series that are kept no longer into totals, hour by hour, and removes totals that are kept no
 * longer. At each instant totals and rows together tell the same, so that it may end anywhere and go on later.
 */
export class SeriesCondenser {
  readonly #places: HistoryPlaces
  readonly #names: Names
  readonly #condensed: ReturnType<typeof condensedReader>
  readonly #tables: ReturnType<typeof tables>

  constructor(database: Database, places: HistoryPlaces, names: Names) {
    this.#places = places
    this.#names = names
    this.#condensed = condensedReader(database)
    this.#tables = tables(database)
  }

  /** Takes one step; tells whether there was none left to take. What came with entities as a whole must be rows. */
  step(series: LivesSeries, horizon: Horizon): boolean {
    const name = this.#names.find(series.attribute)
    if (name === undefined) return true
    const named = { ...series, name }
    return this.#takeRows(named, horizon) && this.#dropTotals(named, horizon)
  }

  #takeRows(series: Named, horizon: Horizon): boolean {
    const { subjects, name } = series
    const from = Math.min(...subjects.flatMap((subject) => this.#firstTime(subject, name) ?? []))
    const day = dayOf(from)
    if (!(day < horizon.instances)) {
      for (const subject of subjects)
        this.#tables.deleteTombstones.run(subject, name, horizon.instances * DAY)
      return true
    }
    const until = Math.min(horizon.instances, day + DAYS_AT_ONCE)
    for (const subject of subjects) this.#condense(subject, name, { day, until })
    const { rows, to } = this.#rowsOf(series, from)
    this.#addTotals(series, rows, horizon)
    for (const subject of subjects) {
      this.#tables.deleteRows.run(subject, name, from, to)
      this.#tables.deleteChunks.run(subject, name, day) // a day that is packed was read whole
    }
    return false
  }

  #firstTime(subject: number, attribute: number): Micros | undefined {
    const [first] = this.#places.rows.read({ subject, attribute }, { order: 'oldest', limit: 1 })
    return first?.time
  }

  /** From now on rows of days before `until` add to totals: those of them that are there tell of the same rows. */
  #condense(
    subject: number,
    name: number,
    { day, until }: { readonly day: number; readonly until: number },
  ): void {
    const { rowsFrom } = this.#condensed(subject, name)
    const first = this.#firstTime(subject, name)
    if (rowsFrom > day || first === undefined || dayOf(first) >= until) return
    this.#deleteTotals(subject, name, { from: rowsFrom, to: until })
    this.#tables.condense.run(subject, name, until)
  }

  /** Reads what there is from an instant on: of a day that is packed all, else of its hour as much as fits. */
  #rowsOf(
    { subjects, attribute, name }: Named,
    from: Micros,
  ): { readonly rows: readonly PlacedRow[]; readonly to: Micros } {
    const day = dayOf(from)
    const isPacked = subjects.some((subject) => this.#tables.packed.get(subject, name, day) !== undefined)
    const end = isPacked ? (day + 1) * DAY : (Math.floor(from / HOUR) + 1) * HOUR
    const read = (to: Micros, limit: number) =>
      this.#places.read(subjects, attribute, { window: { from, to }, order: 'oldest', limit })
    if (isPacked) return { rows: read(end, Number.MAX_SAFE_INTEGER), to: end }
    const rows = read(end, ROWS)
    const last = rows.at(-1)?.time ?? from
    if (rows.length < ROWS) return { rows, to: end }
    if (last > from) return { rows: rows.filter(({ time }) => time < last), to: last }
    return { rows: read(from + 1, Number.MAX_SAFE_INTEGER), to: from + 1 }
  }

  #addTotals({ attribute, name }: Named, rows: readonly PlacedRow[], horizon: Horizon): void {
    const sums = new Map<string, { readonly row: PlacedRow; readonly sums: NumberSums }>()
    for (const row of rows) {
      const value = this.#numberOf(row, attribute)
      if (value === undefined) continue
      const key = `${row.subject} ${Math.floor(row.time / HOUR)} ${row.dataset}`
      const known = sums.get(key) ?? { row, sums: new NumberSums() }
      sums.set(key, known)
      known.sums.add(value)
    }
    for (const { row, sums: each } of sums.values()) {
      const { subject, dataset, time } = row
      const day = dayOf(time)
      const { hoursFrom } = this.#condensed(subject, name)
      const values = [
        dataset,
        each.count,
        ...[each.sum, each.sumsq, each.least, each.most].flatMap(difference),
      ]
      const keepsHours = day >= horizon.hourly && day >= hoursFrom
      if (keepsHours) this.#tables.add.run(subject, name, HOURS, Math.floor(time / HOUR), ...values)
      if (day >= horizon.daily) this.#tables.add.run(subject, name, DAYS, day, ...values)
    }
  }

  /** Only a number that was observed can be told by a total, and none whose square is too large for one. */
  #numberOf(row: PlacedRow, attribute: Iri): number | undefined {
    if (!row.observed || row.deleted) return undefined
    const value = row.value ?? numberIn(this.#places.textOf(row, attribute))
    return value !== undefined && Number.isFinite(value * value) ? value : undefined
  }

  #dropTotals({ subjects, name }: Named, horizon: Horizon): boolean {
    return subjects.every((subject) => this.#dropTotalsOf(subject, name, horizon))
  }

  #dropTotalsOf(subject: number, name: number, horizon: Horizon): boolean {
    const { rowsFrom, hoursFrom }: Condensed = this.#condensed(subject, name)
    const firstDay = this.#tables.firstTotal.get(subject, name, DAYS)?.start
    if (firstDay === undefined) {
      this.#tables.forget.run(subject, name)
      return true
    }
    const hourly = Math.min(horizon.hourly, rowsFrom)
    if (hourly > hoursFrom) {
      const hour = this.#tables.firstTotal.get(subject, name, HOURS)?.start ?? hourly * 24
      const to = Math.min(hourly, Math.floor(hour / 24) + DAYS_AT_ONCE)
      this.#tables.deleteTotals.run(subject, name, HOURS, FIRST, to * 24)
      this.#tables.keepHours.run(to, subject, name)
      return false
    }
    const daily = Math.min(horizon.daily, rowsFrom)
    if (firstDay >= daily) return true
    this.#deleteTotals(subject, name, { from: firstDay, to: Math.min(daily, firstDay + DAYS_AT_ONCE) })
    return false
  }

  #deleteTotals(
    subject: number,
    name: number,
    { from, to }: { readonly from: number; readonly to: number },
  ): void {
    const first = Math.max(from, FIRST)
    this.#tables.deleteTotals.run(subject, name, MINUTES, first * 1440, to * 1440)
    this.#tables.deleteTotals.run(subject, name, HOURS, first * 24, to * 24)
    this.#tables.deleteTotals.run(subject, name, DAYS, first, to)
  }
}

/** Answers the number in the text of an instance of a Property. */
function numberIn(text: string): number | undefined {
  const { kind, value }: Instance = JSON.parse(text) // written by the store from an Instance
  return kind === 'Property' && typeof value === 'number' ? value : undefined
}

/** A number as the difference of two that are not positive: a small positive one is no number to the binding, but 0. */
function difference(value: number): readonly [number, number] {
  return [Math.min(value, 0), -Math.max(value, 0)]
}

const REAL = "(text IS NULL OR text <> '')"

function tables(database: Database) {
  const of = 'subject = ? AND attribute = ?'
  return {
    packed: prepare(database, `SELECT 1 FROM chunk WHERE ${of} AND day = ?`),
    deleteRows: prepare(database, `DELETE FROM history WHERE ${of} AND time >= ? AND time < ? AND ${REAL}`),
    // nothing is left that tells of these places
    deleteTombstones: prepare(database, `DELETE FROM history WHERE ${of} AND time < ? AND text = ''`),
    deleteChunks: prepare(database, `DELETE FROM chunk WHERE ${of} AND day = ?`),
    condense: prepare(
      database,
      `INSERT INTO condensed (subject, attribute, rows_from) VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET rows_from = excluded.rows_from`,
    ),
    keepHours: prepare(database, `UPDATE condensed SET hours_from = ? WHERE ${of}`),
    forget: prepare(database, `DELETE FROM condensed WHERE ${of}`),
    firstTotal: prepare<{ start: number }>(
      database,
      `SELECT start FROM total WHERE ${of} AND level = ? ORDER BY start LIMIT 1`,
    ),
    deleteTotals: prepare(
      database,
      `DELETE FROM total WHERE ${of} AND level = ? AND start >= ? AND start < ?`,
    ),
    add: prepare(
      database,
      `INSERT INTO total (subject, attribute, level, start, dataset, count, others, sum, sumsq, least, most)
      VALUES (?, ?, ?, ?, ?, ?, 0, ? - ?, ? - ?, ? - ?, ? - ?)
      ON CONFLICT DO UPDATE SET count = count + excluded.count, sum = sum + excluded.sum,
        sumsq = sumsq + excluded.sumsq, least = min(least, excluded.least), most = max(most, excluded.most)`,
    ),
  }
}
