import type { Micros } from '../../core/model/time.ts'
import type { ChunkWriter } from './chunk-writer.ts'
import { condensedReader } from './condensed.ts'
import type { Database } from './connection.ts'
import { RowBuffer } from './row-buffer.ts'
import { prepare } from './statements.ts'

export const HOUR: Micros = 3_600_000_000
export const DAY: Micros = 24 * HOUR
/** Levels of totals. */
export const HOURS = 1
export const DAYS = 2

/** Marks that are remembered so that they are not written again. */
const KNOWN = 100_000

interface Mark {
  readonly day: number
  readonly subject: number
  readonly attribute: number
}

/** Answers the number of the day that an instant is in. */
export function dayOf(time: Micros): number {
  return Math.floor(time / DAY)
}

/**
 * Keeps totals of series by hour and day. A write only marks the day of the series, in its transaction; what is marked is
 * summed up later, and read row by row until then.
 */
export class TotalsWriter {
  readonly #chunks: ChunkWriter
  readonly #marks: RowBuffer
  readonly #known = new Set<string>()
  #last: Mark = { day: Number.NaN, subject: 0, attribute: 0 }
  readonly #condensed: ReturnType<typeof condensedReader>
  readonly #tables: ReturnType<typeof tables>

  constructor(database: Database, chunks: ChunkWriter) {
    this.#chunks = chunks
    this.#condensed = condensedReader(database)
    this.#marks = new RowBuffer(database, 'dirty', ['day', 'subject', 'attribute'], 'ON CONFLICT DO NOTHING')
    this.#tables = tables(database)
  }

  /** Marks the day of an instance, before that is changed: its totals are no longer right, and it has to be rows. */
  mark(subject: number, attribute: number, time: Micros): void {
    const day = dayOf(time)
    const last = this.#last
    if (last.day === day && last.subject === subject && last.attribute === attribute) return
    this.#last = { day, subject, attribute }
    const key = `${day} ${subject} ${attribute}`
    if (this.#known.has(key)) return
    if (this.#known.size >= KNOWN) this.#known.clear()
    this.#known.add(key)
    this.#chunks.open(subject, attribute, time)
    this.#marks.add(day, subject, attribute)
  }

  /** Deletes the totals that tell of an instance that is about to go, and marks its day; condensed ones tell of none. */
  erase(subject: number, attribute: number, time: Micros): void {
    const mark = { subject, attribute, day: dayOf(time) }
    if (!this.#isCondensed(mark)) this.#deleteDay(mark)
    this.mark(subject, attribute, time)
  }

  /** Deletes the totals and chunks of a dataset of an attribute; null: of all. */
  eraseSeries(subject: number, attribute: number, dataset: string | null): void {
    this.#chunks.eraseSeries(subject, attribute, dataset)
    this.#tables.deleteSeries.run(subject, attribute, dataset)
    if (dataset === null) this.#tables.deleteCondensed.run(subject, attribute)
  }

  /** Deletes all totals and chunks of a subject. */
  eraseSubject(subject: number): void {
    this.#chunks.eraseSubject(subject)
    this.#tables.deleteSubject.run(subject)
    this.#tables.deleteCondensed.run(subject, null)
  }

  /** Sums up days before this one that are marked, until the time is used up; in a transaction of its own. */
  rollUp(before: number, milliseconds: number): void {
    const end = performance.now() + milliseconds
    this.#tables.begin.run()
    try {
      for (const mark of this.#tables.marks.all(before, AT_ONCE)) {
        this.#sumUp(mark)
        if (performance.now() > end) break
      }
      this.#tables.commit.run()
    } catch (error) {
      if (this.#tables.isOpen()) this.#tables.rollback.run()
      throw error
    } finally {
      this.#forget()
    }
  }

  /** Writes the marks that have gathered. */
  flush(): void {
    this.#marks.flush()
  }

  /** Forgets the marks that have gathered. */
  drop(): void {
    this.#marks.drop()
    this.#forget()
  }

  #forget(): void {
    this.#known.clear()
    this.#last = { day: Number.NaN, subject: 0, attribute: 0 }
  }

  #sumUp(mark: Mark): void {
    const { day, subject, attribute } = mark
    if (!this.#isCondensed(mark)) {
      this.#deleteDay(mark)
      this.#tables.sumHours.run(subject, attribute, day * DAY, (day + 1) * DAY)
      this.#tables.sumDay.run(subject, attribute, day)
      this.#chunks.ripen(mark)
    }
    this.#tables.deleteMark.run(day, subject, attribute)
  }

  /** Totals of a condensed day cannot be made of its rows: those that it was made of are gone. */
  #isCondensed({ day, subject, attribute }: Mark): boolean {
    return day < this.#condensed(subject, attribute).rowsFrom
  }

  #deleteDay({ day, subject, attribute }: Mark): void {
    this.#tables.deleteTotals.run(subject, attribute, HOURS, day * 24, day * 24 + 24)
    this.#tables.deleteTotals.run(subject, attribute, DAYS, day, day + 1)
  }
}

const AT_ONCE = 1000

/** What is summed up of a stretch of rows: dataset, count, others, sum, sumsq, least, most. */
export const SUMS = `dataset, count(value), count(*) - count(value),
  total(value), total(value * value), min(value), max(value)`
/** What of these is summed up of totals. */
export const SUMS_OF_TOTALS = `dataset, sum(count), sum(others),
  CASE WHEN count(*) = count(sum) THEN total(sum) END, CASE WHEN count(*) = count(sumsq) THEN total(sumsq) END,
  min(least), max(most)`

function tables(database: Database) {
  return {
    isOpen: () => database.isTransaction,
    begin: prepare(database, 'BEGIN IMMEDIATE'),
    commit: prepare(database, 'COMMIT'),
    rollback: prepare(database, 'ROLLBACK'),
    marks: prepare<Mark>(
      database,
      'SELECT day, subject, attribute FROM dirty WHERE day < ? ORDER BY day, subject, attribute LIMIT ?',
    ),
    sumHours: prepare(
      database,
      `INSERT INTO total SELECT ?1, ?2, ${HOURS}, CAST(floor(time / ${HOUR}) AS INTEGER) AS hour, ${SUMS}
      FROM history WHERE subject = ?1 AND attribute = ?2 AND time >= ?3 AND time < ?4 AND observed = 1
      GROUP BY hour, dataset`,
    ),
    sumDay: prepare(
      database,
      `INSERT INTO total SELECT ?1, ?2, ${DAYS}, ?3, ${SUMS_OF_TOTALS}
      FROM total WHERE subject = ?1 AND attribute = ?2 AND level = ${HOURS} AND start >= ?3 * 24 AND start < ?3 * 24 + 24
      GROUP BY dataset`,
    ),
    deleteMark: prepare(database, 'DELETE FROM dirty WHERE day = ? AND subject = ? AND attribute = ?'),
    deleteTotals: prepare(
      database,
      'DELETE FROM total WHERE subject = ? AND attribute = ? AND level = ? AND start >= ? AND start < ?',
    ),
    deleteSeries: prepare(
      database,
      'DELETE FROM total WHERE subject = ?1 AND attribute = ?2 AND (?3 IS NULL OR dataset = ?3)',
    ),
    deleteSubject: prepare(database, 'DELETE FROM total WHERE subject = ?'),
    deleteCondensed: prepare(
      database,
      'DELETE FROM condensed WHERE subject = ?1 AND (?2 IS NULL OR attribute = ?2)',
    ),
  }
}
