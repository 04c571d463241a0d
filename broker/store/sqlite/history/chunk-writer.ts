import { DAY, type Micros } from '../../../core/model/time.ts'
import { dayOf } from '../../port/days.ts'
import type { Database } from '../connection.ts'
import { RowBuffer } from '../row-buffer.ts'
import { prepare, prepareLists } from '../statements.ts'
import { type PlainColumns, packColumns, unpackColumns } from './chunk-codec.ts'
import { rowAt } from './chunk-reader.ts'

/** Fewer numbers of a dataset on a day take no less room in a chunk. A day of more rows would keep writes waiting. */
const LEAST = 16
const MOST = 20_000
/** Days that are looked at in one step at most. */
const AT_ONCE = 1000

interface Mark {
  readonly day: number
  readonly subject: number
  readonly attribute: number
}

/** A row of history where that is a plain number: its columns, and 1. */
type Row = readonly [
  dataset: string,
  plain: number,
  time: Micros,
  value: number,
  created: Micros,
  modified: Micros,
  source: number,
  unit: string | null,
]

/**
 * Packs finished days of plain numbers into chunks. What a dataset of a series has on a day is either rows or one chunk;
 * whoever changes anything of a day opens it first.
 */
export class ChunkWriter {
  readonly #rows: RowBuffer
  readonly #tables: ReturnType<typeof tables>
  /** No later day has chunks. */
  #newest: number

  constructor(database: Database) {
    this.#rows = new RowBuffer(database, 'history', COLUMNS, 'ON CONFLICT DO NOTHING')
    this.#tables = tables(database)
    this.#newest = this.#tables.newest.get()?.value ?? Number.NEGATIVE_INFINITY
  }

  /** Makes the day of an instant rows again, before something of it is changed, in the transaction of the change. */
  open(subject: number, attribute: number, time: Micros): void {
    const day = dayOf(time)
    if (day > this.#newest) return
    const chunks = this.#tables.chunks.all(subject, attribute, day)
    if (chunks.length === 0) return
    for (const { key, dataset, data } of chunks) {
      const columns = unpackColumns(data)
      for (const place of columns.times.keys()) {
        const row = rowAt(columns, place, { subject, dataset })
        const { value, created, modified, source, unit } = row
        this.#rows.add(subject, attribute, row.time, dataset, 0, source, value, 1, created, modified, unit)
      }
      this.#tables.deleteChunk.run(key)
    }
    this.#rows.flush()
    this.ripen({ day, subject, attribute })
  }

  /** Notes that a day may be packed. */
  ripen({ day, subject, attribute }: Mark): void {
    this.#tables.ripen.run(day, subject, attribute)
  }

  /** Deletes chunks of a day, of these datasets, that hold nothing of this version or later; answers how many numbers. */
  eraseDay(
    { day, subject, attribute }: Mark,
    datasetIds: readonly string[] | undefined,
    version: number,
  ): number {
    let erased = 0
    for (const { key, dataset, data } of this.#tables.chunks.all(subject, attribute, day)) {
      const { sources, times } = unpackColumns(data)
      if (datasetIds?.includes(dataset) === false || sources.some((source) => source >= version)) continue
      this.#tables.deleteChunk.run(key)
      erased += times.length
    }
    return erased
  }

  /** Packs days before this one that are ripe, until the time is used up; in a transaction of its own. */
  pack(before: number, milliseconds: number): void {
    const end = performance.now() + milliseconds
    this.#tables.begin.run()
    try {
      for (const mark of this.#tables.ripe.all(before, AT_ONCE)) {
        this.#packDay(mark)
        if (performance.now() > end) break
      }
      if (Number.isFinite(this.#newest)) this.#tables.keepNewest.run(this.#newest)
      this.#tables.commit.run()
    } catch (error) {
      if (this.#tables.isOpen()) this.#tables.rollback.run()
      throw error
    }
  }

  /** Forgets rows that have gathered. */
  drop(): void {
    this.#rows.drop()
  }

  #packDay({ day, subject, attribute }: Mark): void {
    this.#tables.deleteMark.run(day, subject, attribute)
    // what is dirty gets its totals first, and is ripe again with them
    if (this.#tables.dirty.get(day, subject, attribute)) return
    const times = [day * DAY, (day + 1) * DAY] as const
    const rows = this.#tables.rows.all(subject, attribute, ...times, MOST + 1)
    if (rows.length > MOST) return
    for (const [dataset, list] of byDataset(rows)) {
      if (list.length < LEAST || list.some(([, plain]) => plain === 0)) continue
      const columns = columnsOf(list)
      const data = packColumns(columns)
      if (!data) continue
      const span = [...spanOf(columns.created), ...spanOf(columns.modified)]
      this.#newest = Math.max(this.#newest, day)
      this.#tables.insertChunk.run(subject, attribute, day, dataset, ...span, data)
      this.#tables.deleteRows.run(subject, attribute, ...times, dataset)
    }
  }
}

function byDataset(rows: readonly Row[]): ReadonlyMap<string, readonly Row[]> {
  const lists = new Map<string, Row[]>()
  for (const row of rows) {
    const list = lists.get(row[0])
    if (list) list.push(row)
    else lists.set(row[0], [row])
  }
  return lists
}

function columnsOf(rows: readonly Row[]): PlainColumns {
  const units = [...new Set(rows.map((row) => row[7]))]
  const places = new Map(units.map((unit, place) => [unit, place]))
  return {
    times: Float64Array.from(rows, (row) => row[2]),
    values: Float64Array.from(rows, (row) => row[3]),
    created: Float64Array.from(rows, (row) => row[4]),
    modified: Float64Array.from(rows, (row) => row[5]),
    sources: Float64Array.from(rows, (row) => row[6]),
    unitPlaces: Float64Array.from(rows, (row) => places.get(row[7]) ?? 0),
    units,
  }
}

function spanOf(times: Float64Array): readonly [first: Micros, last: Micros] {
  const first = times.reduce((least, time) => Math.min(least, time), Number.POSITIVE_INFINITY)
  return [first, times.reduce((most, time) => Math.max(most, time), Number.NEGATIVE_INFINITY)]
}

const COLUMNS = [
  'subject',
  'attribute',
  'time',
  'dataset',
  'deleted',
  'source',
  'value',
  'observed',
  'created',
  'modified',
  'unit',
] as const
const PLAIN = 'value IS NOT NULL AND text IS NULL AND deleted = 0 AND observed = 1 AND instance IS NULL'

function tables(database: Database) {
  const series = 'subject = ? AND attribute = ?'
  const mark = `day = ? AND ${series}`
  return {
    isOpen: () => database.isTransaction,
    begin: prepare(database, 'BEGIN IMMEDIATE'),
    commit: prepare(database, 'COMMIT'),
    rollback: prepare(database, 'ROLLBACK'),
    newest: prepare<{ value: number }>(database, "SELECT value FROM state WHERE name = 'packed'"),
    keepNewest: prepare(database, "INSERT OR REPLACE INTO state (name, value) VALUES ('packed', ?)"),
    ripe: prepare<Mark>(
      database,
      'SELECT day, subject, attribute FROM ripe WHERE day < ? ORDER BY day, subject, attribute LIMIT ?',
    ),
    ripen: prepare(database, 'INSERT OR IGNORE INTO ripe (day, subject, attribute) VALUES (?, ?, ?)'),
    deleteMark: prepare(database, `DELETE FROM ripe WHERE ${mark}`),
    dirty: prepare(database, `SELECT 1 FROM dirty WHERE ${mark}`),
    rows: prepareLists<Row>(
      database,
      `SELECT dataset, ${PLAIN}, time, value, created, modified, source, unit FROM history
      WHERE ${series} AND time >= ? AND time < ? ORDER BY time, dataset LIMIT ? + 0`,
    ),
    deleteRows: prepare(
      database,
      `DELETE FROM history WHERE ${series} AND time >= ? AND time < ? AND dataset = ?`,
    ),
    insertChunk: prepare(
      database,
      `INSERT INTO chunk (subject, attribute, day, dataset, first_created, last_created, first_modified, last_modified, data)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    chunks: prepare<{ key: number; dataset: string; data: Uint8Array }>(
      database,
      `SELECT key, dataset, data FROM chunk WHERE ${series} AND day = ?`,
    ),
    deleteChunk: prepare(database, 'DELETE FROM chunk WHERE key = ?'),
  }
}
