import type { Iri } from '../../../core/model/iri.ts'
import { Problem } from '../../../core/model/problem.ts'
import type { Micros } from '../../../core/model/time.ts'
import type { Period } from '../../../core/temporal/periods.ts'
import { FIRST, LAST } from '../../port/days.ts'
import type { PlaceWindow } from '../../port/evolution.ts'
import type { Cell, Sums } from '../../port/period-totals.ts'
import type { Database } from '../connection.ts'
import { prepare, prepareLists, type Statement } from '../statements.ts'
import { type Cells, ChunkReader } from './chunk-reader.ts'
import { TOMBSTONE } from './history-rows.ts'
import { ALL_ATTRIBUTES } from './history-writer.ts'
import { byKey, isOrdered, keyIn, type PlacedRow, type RowRange, type Series } from './placed-row.ts'
import { SUMS } from './totals-writer.ts'

type Columns = readonly [
  time: number,
  value: number | null,
  created: number,
  modified: number,
  source: number,
  rest: string | null,
]

/** What rows of plain numbers by observedAt rarely have: each column of each row costs more than to parse it now and then. */
type Rest = readonly [
  dataset: string,
  deleted: number,
  observed: number,
  text: string | null,
  unit: string | null,
  instance: string | null,
]

/** Instances that a window may look at one by one where nothing has their order. */
const MOST_ROWS = 100_000

/** Reads what history has of a series in rows of its own, whether these are packed or not. */
export class SeriesRows {
  readonly #database: Database
  readonly #chunks: ChunkReader
  readonly #statements: ReturnType<typeof statements>
  readonly #ranges = new Map<string, Statement<Columns>>()

  constructor(database: Database) {
    this.#database = database
    this.#chunks = new ChunkReader(database)
    this.#statements = statements(database)
  }

  /** Forgets what a rollback took back. */
  forget(): void {
    this.#chunks.forget()
  }

  /** Tells whether there is anything of a subject. */
  has(subject: number): boolean {
    return this.#statements.any.get(subject) !== undefined || this.#chunks.has(subject)
  }

  /** Answers the names of the attributes of which there is something, in no order, some twice. */
  attributes(subject: number): readonly Iri[] {
    const rows = this.#statements.attributes.all(subject).map(({ iri }) => iri)
    return [...rows, ...this.#chunks.attributes(subject)]
  }

  /** Answers the rows of a range. @throws Problem TooComplexQuery */
  read(series: Series, range: RowRange): readonly PlacedRow[] {
    const { window, order, limit } = range
    const ordered = isOrdered(window)
    const most = ordered ? Math.min(limit, Number.MAX_SAFE_INTEGER) : MOST_ROWS + 1
    const rows = this.#read(series, { ...range, limit: most })
    const packed = this.#chunks.read(series, { ...range, limit: most }, rows)
    if (!ordered && rows.length + packed.length > MOST_ROWS) {
      const what = `Window by ${window?.property} holds more than ${MOST_ROWS} instances of one attribute`
      throw new Problem('TooComplexQuery', what)
    }
    if (packed.length === 0) return rows
    if (!ordered) return [...rows, ...packed]
    const all = rows.length === 0 ? packed : [...rows, ...packed]
    return all.toSorted(byKey(keyIn(undefined), order)).slice(0, limit)
  }

  /** Answers the source of what is in a place; undefined: nothing is. */
  sourceAt(
    series: Series,
    { time, dataset, deleted }: Pick<PlacedRow, 'time' | 'dataset' | 'deleted'>,
  ): number | undefined {
    const { subject, attribute } = series
    const row = this.#statements.there.get(subject, attribute, time, dataset, Number(deleted))
    if (row || deleted) return row?.source
    return this.#chunks.at(series, time, dataset)?.source
  }

  /** Answers what is in a place; undefined: nothing is, or a tombstone. */
  rowAt(
    series: Series,
    { time, dataset, deleted }: Pick<PlacedRow, 'time' | 'dataset' | 'deleted'>,
  ): PlacedRow | undefined {
    const { subject, attribute } = series
    const row = this.#statements.row.get(subject, attribute, time, dataset, Number(deleted))
    if (row) return placedRow(subject, row)
    return deleted ? undefined : this.#chunks.at(series, time, dataset)
  }

  /** Sums up what was observed between two instants, by dataset: one that is partly packed comes several times. */
  sums(series: Series, from: Micros, to: Micros): readonly Sums[] {
    const rows = this.#statements.sums.all(series.subject, series.attribute, from, to)
    const packed = this.#chunks.sums(series, from, to)
    return packed.length === 0 ? rows : [...rows, ...packed]
  }

  /** Sums up what was observed between two instants by cells of equal size, and by dataset as `sums` does. */
  sumsByCell(series: Series, { from, to }: Period, cells: Cells): readonly Cell[] {
    const { subject, attribute } = series
    const rows = this.#statements.cells.all(subject, attribute, from, to, cells.start, cells.size)
    const packed = this.#chunks.sumsByCell(series, { from, to }, cells)
    return packed.length === 0 ? rows : [...rows, ...packed]
  }

  #read({ subject, attribute }: Series, { window, order, limit }: RowRange): readonly PlacedRow[] {
    const { from = FIRST, to = LAST } = window ?? {}
    const text = rangeSql(window, order)
    const statement = this.#ranges.get(text) ?? prepareLists<Columns>(this.#database, text)
    this.#ranges.set(text, statement)
    return statement.all(subject, attribute, from, to, limit).map((row) => placedRow(subject, row))
  }
}

function placedRow(subject: number, [time, value, created, modified, source, rest]: Columns): PlacedRow {
  const [dataset, deleted, observed, text, unit, instance]: Rest = rest === null ? NO_REST : JSON.parse(rest)
  const flags = { deleted: deleted === 1, observed: observed === 1 }
  return { subject, time, dataset, source, text, value, created, modified, unit, instance, ...flags }
}

const NO_REST: Rest = ['', 0, 1, null, null, null]
const REST = `dataset = '' AND deleted = 0 AND observed = 1 AND text IS NULL AND unit IS NULL AND instance IS NULL`
const ROW = `time, value, created, modified, source,
  CASE WHEN ${REST} THEN NULL ELSE json_array(dataset, deleted, observed, text, unit, instance) END`
const PLACE = 'subject = ? AND attribute = ? AND time = ? AND dataset = ? AND deleted = ?'
const REAL = `(text IS NULL OR text <> '${TOMBSTONE}')`

function rangeSql(window: PlaceWindow | undefined, order: 'oldest' | 'newest'): string {
  const direction = order === 'oldest' ? 'ASC' : 'DESC'
  const place = ['time', 'dataset', 'deleted'].map((column) => `${column} ${direction}`).join(', ')
  return `SELECT ${ROW} FROM history WHERE subject = ? AND attribute = ? AND ${conditionOf(window)} AND ${REAL}
    ${isOrdered(window) ? `ORDER BY ${place}` : ''} LIMIT ? + 0`
}

function conditionOf(window: PlaceWindow | undefined): string {
  switch (window?.property) {
    case 'observedAt':
      return 'time >= ? AND time < ? AND observed = 1'
    case 'deletedAt':
      return 'time >= ? AND time < ? AND deleted = 1'
    case 'createdAt':
      return 'created >= ? AND created < ?'
    case 'modifiedAt':
      return 'modified >= ? AND modified < ?'
    default:
      return 'time >= ? AND time < ?'
  }
}

function statements(database: Database) {
  return {
    any: prepare(database, 'SELECT 1 FROM history WHERE subject = ? LIMIT 1'),
    attributes: prepare<{ iri: Iri }>(
      database,
      `WITH RECURSIVE found (attribute) AS (
        SELECT min(attribute) FROM history WHERE subject = ?1 AND attribute > ${ALL_ATTRIBUTES}
        UNION ALL SELECT (SELECT min(attribute) FROM history WHERE subject = ?1 AND attribute > found.attribute)
        FROM found WHERE found.attribute IS NOT NULL)
      SELECT iri FROM found JOIN name ON name.key = found.attribute`,
    ),
    sums: prepareLists<Sums>(
      database,
      `SELECT ${SUMS} FROM history WHERE subject = ? AND attribute = ? AND time >= ? AND time < ? AND observed = 1
      GROUP BY dataset`,
    ),
    cells: prepareLists<Cell>(
      database,
      `SELECT CAST(floor((time - ?5) / ?6) AS INTEGER) AS cell, ${SUMS} FROM history
      WHERE subject = ?1 AND attribute = ?2 AND time >= ?3 AND time < ?4 AND observed = 1 GROUP BY cell, dataset`,
    ),
    row: prepareLists<Columns>(database, `SELECT ${ROW} FROM history WHERE ${PLACE} AND ${REAL}`),
    there: prepare<{ source: number }>(database, `SELECT source FROM history WHERE ${PLACE}`),
  }
}
