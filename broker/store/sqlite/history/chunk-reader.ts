import { LRUCache } from 'lru-cache'
import type { Iri } from '../../../core/model/iri.ts'
import { DAY, type Micros } from '../../../core/model/time.ts'
import type { Period } from '../../../core/temporal/periods.ts'
import { dayOf, FIRST, LAST } from '../../port/days.ts'
import type { Cell, Sums } from '../../port/period-totals.ts'
import type { Database } from '../connection.ts'
import { prepare } from '../statements.ts'
import { type PlainColumns, unpackColumns } from './chunk-codec.ts'
import { isOrdered, type PlacedRow, type RowRange, type Series } from './placed-row.ts'
import { sumsOf } from './sums-of.ts'

/** Bytes of unpacked chunks that are kept at hand, and what each instance of one takes. */
const UNPACKED = 8 * 1024 * 1024
const INSTANCE = 48
/** Chunks that are looked for at first; each time that more are needed, twice as many. */
const FEW = 4

/** Cells of equal size that follow each other from an instant on. */
export interface Cells {
  readonly start: Micros
  readonly size: Micros
}

interface Packed {
  readonly key: number
  readonly day: number
  readonly dataset: string
}

/** Places of columns: from the first to before the end. */
type Slice = readonly [first: number, end: number]

/** Reads finished days of plain numbers that are packed. A chunk never changes under its key, so it is unpacked once. */
export class ChunkReader {
  readonly #tables: ReturnType<typeof tables>
  readonly #unpacked = new LRUCache<number, PlainColumns>({
    maxSize: UNPACKED,
    sizeCalculation: ({ times }) => (times.length + 1) * INSTANCE,
  })

  constructor(database: Database) {
    this.#tables = tables(database)
  }

  /** Forgets chunks that a rollback took back. */
  forget(): void {
    this.#unpacked.clear()
  }

  /** Tells whether anything of a subject is packed. */
  has(subject: number): boolean {
    return this.#tables.any.get(subject) !== undefined
  }

  /** Answers the names of the attributes of which something is packed. */
  attributes(subject: number): readonly Iri[] {
    return this.#tables.attributes.all(subject).map(({ iri }) => iri)
  }

  /**
   * Answers what is packed of a range that has these rows beside it, in its order by place: at least so much of it that
   * the first of both together are the first of the range.
   */
  read(series: Series, range: RowRange, rows: readonly PlacedRow[]): readonly PlacedRow[] {
    if (range.window?.property === 'deletedAt') return []
    return isOrdered(range.window) ? this.#inOrder(series, range, rows) : this.#bySystemTime(series, range)
  }

  /** Answers what is packed in one place. */
  at({ subject, attribute }: Series, time: Micros, dataset: string): PlacedRow | undefined {
    const chunk = this.#tables.there.get(subject, attribute, dayOf(time), dataset)
    if (!chunk) return undefined
    const columns = this.#columns(chunk.key)
    const place = firstFrom(columns.times, time)
    return columns.times[place] === time ? rowAt(columns, place, { subject, dataset }) : undefined
  }

  /** Sums up what is packed between two instants, chunk by chunk. */
  sums(series: Series, from: Micros, to: Micros): readonly Sums[] {
    return [...this.#chunks(series, { from, to })].flatMap(({ key, dataset }) => {
      const { times, values } = this.#columns(key)
      const [first, end] = sliceOf(times, { from, to })
      return first < end ? [sumsOf(dataset, values.subarray(first, end))] : []
    })
  }

  /** The same by cells of equal size. */
  sumsByCell(series: Series, { from, to }: Period, { start, size }: Cells): readonly Cell[] {
    const found: Cell[] = []
    for (const { key, dataset } of this.#chunks(series, { from, to })) {
      const { times, values } = this.#columns(key)
      const [first, end] = sliceOf(times, { from, to })
      for (let at = first; at < end; ) {
        const cell = Math.floor(((times[at] ?? 0) - start) / size)
        const next = Math.min(firstFrom(times, start + (cell + 1) * size), end)
        found.push([cell, ...sumsOf(dataset, values.subarray(at, next))])
        at = next
      }
    }
    return found
  }

  #inOrder(series: Series, { window, order, limit }: RowRange, rows: readonly PlacedRow[]): PlacedRow[] {
    const found: PlacedRow[] = []
    let day = Number.NaN
    let passed = 0 // rows of the days before
    for (const chunk of this.#chunks(series, window, order)) {
      if (chunk.day !== day) {
        day = chunk.day
        while (passed < rows.length && isBefore(rows[passed], day, order)) passed++
        if (passed + found.length >= limit) break
      }
      const columns = this.#columns(chunk.key)
      const [first, end] = sliceOf(columns.times, window)
      const slice: Slice =
        order === 'oldest' ? [first, Math.min(end, first + limit)] : [Math.max(first, end - limit), end]
      found.push(...rowsOf(columns, slice, { subject: series.subject, dataset: chunk.dataset }))
    }
    return found
  }

  #bySystemTime({ subject, attribute }: Series, { window, limit }: RowRange): readonly PlacedRow[] {
    const { property, from = FIRST, to = LAST } = window ?? {}
    const created = property === 'createdAt'
    const statement = created ? this.#tables.created : this.#tables.modified
    const found: PlacedRow[] = []
    for (const { key, dataset } of statement.all(subject, attribute, from, to)) {
      const columns = this.#columns(key)
      const times = created ? columns.created : columns.modified
      for (const [place, time] of times.entries()) {
        if (time >= from && time < to) found.push(rowAt(columns, place, { subject, dataset }))
      }
      if (found.length > limit) break
    }
    return found
  }

  *#chunks(
    { subject, attribute }: Series,
    { from = FIRST, to = LAST }: { readonly from?: Micros; readonly to?: Micros } = {},
    order: RowRange['order'] = 'oldest',
  ): Generator<Packed, void> {
    const days = [dayOf(from), Math.ceil(to / DAY)] as const
    for (let [passed, most] = [0, FEW]; ; passed += most, most *= 2) {
      const some = this.#tables[order].all(subject, attribute, ...days, most, passed)
      yield* some
      if (some.length < most) return
    }
  }

  #columns(key: number): PlainColumns {
    const known = this.#unpacked.get(key)
    if (known) return known
    const row = this.#tables.data.get(key)
    if (!row) throw new Error(`History has no chunk ${key}`)
    const columns = unpackColumns(row.data)
    this.#unpacked.set(key, columns)
    return columns
  }
}

type Of = Pick<PlacedRow, 'subject' | 'dataset'>

function rowsOf(columns: PlainColumns, [first, end]: Slice, of: Of): readonly PlacedRow[] {
  return Array.from({ length: Math.max(0, end - first) }, (_, at) => rowAt(columns, first + at, of))
}

/** Answers one of the numbers of a chunk as the row that it was. */
export function rowAt(columns: PlainColumns, place: number, { subject, dataset }: Of): PlacedRow {
  const { times, values, created, modified, sources, unitPlaces, units } = columns
  return {
    subject,
    time: times[place] ?? 0,
    dataset,
    source: sources[place] ?? 0,
    text: null,
    value: values[place] ?? 0,
    created: created[place] ?? 0,
    modified: modified[place] ?? 0,
    unit: units[unitPlaces[place] ?? 0] ?? null,
    instance: null,
    deleted: false,
    observed: true,
  }
}

function sliceOf(
  times: Float64Array,
  { from = FIRST, to = LAST }: { readonly from?: Micros; readonly to?: Micros } = {},
): Slice {
  return [firstFrom(times, from), firstFrom(times, to)]
}

/** Answers the first place whose time is not before an instant. */
function firstFrom(times: Float64Array, time: Micros): number {
  let [low, high] = [0, times.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] ?? 0) < time) low = middle + 1
    else high = middle
  }
  return low
}

function isBefore(row: PlacedRow | undefined, day: number, order: RowRange['order']): boolean {
  if (!row) return false
  return order === 'oldest' ? dayOf(row.time) < day : dayOf(row.time) > day
}

function tables(database: Database) {
  const of = 'subject = ? AND attribute = ?'
  const days = `SELECT key, day, dataset FROM chunk WHERE ${of} AND day >= ? AND day < ?`
  const between = (property: string) =>
    prepare<Packed>(
      database,
      `SELECT key, day, dataset FROM chunk WHERE ${of} AND last_${property} >= ? AND first_${property} < ?
      ORDER BY day, dataset`,
    )
  return {
    any: prepare(database, 'SELECT 1 FROM chunk WHERE subject = ? LIMIT 1'),
    attributes: prepare<{ iri: Iri }>(
      database,
      `WITH RECURSIVE found (attribute) AS (
        SELECT min(attribute) FROM chunk WHERE subject = ?1
        UNION ALL SELECT (SELECT min(attribute) FROM chunk WHERE subject = ?1 AND attribute > found.attribute)
        FROM found WHERE found.attribute IS NOT NULL)
      SELECT iri FROM found JOIN name ON name.key = found.attribute`,
    ),
    there: prepare<{ key: number }>(
      database,
      `SELECT key FROM chunk WHERE ${of} AND day = ? AND dataset = ?`,
    ),
    oldest: prepare<Packed>(database, `${days} ORDER BY day, dataset LIMIT ? + 0 OFFSET ? + 0`),
    newest: prepare<Packed>(database, `${days} ORDER BY day DESC, dataset DESC LIMIT ? + 0 OFFSET ? + 0`),
    created: between('created'),
    modified: between('modified'),
    data: prepare<{ data: Uint8Array }>(database, 'SELECT data FROM chunk WHERE key = ?'),
  }
}
