import { DAY, HOUR, MINUTE, type Micros } from '../../../core/model/time.ts'
import { dayOf } from '../../port/days.ts'
import type { Database } from '../connection.ts'
import { RowBuffer } from '../row-buffer.ts'
import { prepare } from '../statements.ts'
import type { ChunkWriter } from './chunk-writer.ts'
import { condensedReader } from './condensed.ts'

/** Levels of totals. */
export const MINUTES = 0
export const HOURS = 1
export const DAYS = 2

/** Marks that are remembered so that they are not written again. */
const KNOWN = 100_000

/** A part of a series: from an instant on, up to one that does not belong to it. */
export interface Stretch {
  readonly subject: number
  readonly attribute: number
  readonly from: Micros
  readonly to: Micros
}

interface Mark {
  readonly day: number
  readonly subject: number
  readonly attribute: number
}

/**
 * Keeps totals of series by day, hour and, of hours with many rows, minute. A write only marks the day of the series, in its transaction; what is marked is
 * summed up later, and read row by row until then.
 */
export class TotalsWriter {
  readonly #chunks: ChunkWriter
  readonly #marks: RowBuffer
  readonly #timeless: RowBuffer
  readonly #known = new Set<string>()
  #last: Mark = { day: Number.NaN, subject: 0, attribute: 0 }
  readonly #condensed: ReturnType<typeof condensedReader>
  readonly #tables: ReturnType<typeof tables>

  constructor(database: Database, chunks: ChunkWriter) {
    this.#chunks = chunks
    this.#condensed = condensedReader(database)
    this.#marks = new RowBuffer(database, 'dirty', ['day', 'subject', 'attribute'], 'ON CONFLICT DO NOTHING')
    this.#timeless = new RowBuffer(database, 'timeless', ['subject', 'attribute'], 'ON CONFLICT DO NOTHING')
    this.#tables = tables(database)
  }

  /** Marks the day of an instance, before that is changed: its totals are no longer right, and it has to be rows. */
  mark(subject: number, attribute: number, time: Micros): void {
    const day = dayOf(time)
    const last = this.#last
    if (last.day === day && last.subject === subject && last.attribute === attribute) return
    this.#last = { day, subject, attribute }
    if (!this.#isNew(`${day} ${subject} ${attribute}`)) return
    this.#chunks.open(subject, attribute, time)
    this.#marks.add(day, subject, attribute)
  }

  /** Notes that a series has an instance without observedAt: its totals do not tell all of it. */
  noteTimeless(subject: number, attribute: number): void {
    if (this.#isNew(`${subject} ${attribute}`)) this.#timeless.add(subject, attribute)
  }

  /** Deletes the totals that tell of an instance that is about to go, and marks its day; condensed ones tell of none. */
  erase(subject: number, attribute: number, time: Micros): void {
    const mark = { subject, attribute, day: dayOf(time) }
    if (!this.#isCondensed(mark)) this.#deleteDay(mark)
    this.mark(subject, attribute, time)
  }

  /** Answers until when totals alone tell something of a series. */
  condensedTo(subject: number, attribute: number): Micros {
    return this.#condensed(subject, attribute).rowsFrom * DAY
  }

  /** Answers the day before which there are so many totals of hours from an instant on; undefined: there are fewer. */
  condensedEnd({ subject, attribute, from, to }: Stretch, most: number): Micros | undefined {
    const found = this.#tables.hour.get(
      subject,
      attribute,
      Math.floor(from / HOUR),
      Math.ceil(to / HOUR),
      most,
    )
    return found && (Math.floor(found.start / 24) + 1) * DAY
  }

  /**
   * Deletes the totals that alone tell of anything in a stretch of time, of datasets as a list in JSON; null: of all. An hour,
   * or a day of which there are no hours any more, goes as a whole.
   */
  eraseCondensed({ subject, attribute, from, to }: Stretch, datasets: string | null): void {
    const end = Math.min(to, this.condensedTo(subject, attribute))
    if (from >= end) return
    const [first, last] = [dayOf(from), Math.ceil(end / DAY) - 1]
    const { deleteOf, sumDay } = this.#tables
    deleteOf.run(subject, attribute, HOURS, Math.floor(from / HOUR), Math.ceil(end / HOUR), datasets)
    deleteOf.run(subject, attribute, DAYS, first, last + 1, datasets)
    if (from > first * DAY) sumDay.run(subject, attribute, first)
    if (end < (last + 1) * DAY) sumDay.run(subject, attribute, last)
  }

  /** Ends that totals alone tell of a series: rows that came since are summed up anew. */
  endCondensed(subject: number, attribute: number): void {
    const end = this.condensedTo(subject, attribute)
    this.#tables.deleteCondensed.run(subject, attribute)
    for (const { day } of this.#tables.days.all(subject, attribute, end))
      this.mark(subject, attribute, day * DAY)
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
    this.#timeless.flush()
  }

  /** Forgets the marks that have gathered. */
  drop(): void {
    this.#marks.drop()
    this.#timeless.drop()
    this.#forget()
  }

  #isNew(key: string): boolean {
    if (this.#known.has(key)) return false
    if (this.#known.size >= KNOWN) this.#known.clear()
    this.#known.add(key)
    return true
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
      for (const { start } of this.#tables.busy.all(subject, attribute, day * 24, day * 24 + 24))
        this.#tables.sumMinutes.run(subject, attribute, start * HOUR, (start + 1) * HOUR)
      this.#chunks.ripen(mark)
    }
    this.#tables.deleteMark.run(day, subject, attribute)
  }

  /** Totals of a condensed day cannot be made of its rows: those that it was made of are gone. */
  #isCondensed({ day, subject, attribute }: Mark): boolean {
    return day < this.#condensed(subject, attribute).rowsFrom
  }

  #deleteDay({ day, subject, attribute }: Mark): void {
    this.#tables.deleteTotals.run(subject, attribute, MINUTES, day * 1440, (day + 1) * 1440)
    this.#tables.deleteTotals.run(subject, attribute, HOURS, day * 24, day * 24 + 24)
    this.#tables.deleteTotals.run(subject, attribute, DAYS, day, day + 1)
  }
}

const AT_ONCE = 1000
/** An hour with more rows than this has totals by minute too: they are at most a tenth as many. */
const BUSY = 600

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
    sumHours: prepare(database, sumRows(HOURS, HOUR)),
    sumMinutes: prepare(database, sumRows(MINUTES, MINUTE)),
    busy: prepare<{ start: number }>(
      database,
      `SELECT start FROM total WHERE subject = ? AND attribute = ? AND level = ${HOURS} AND start >= ? AND start < ?
      GROUP BY start HAVING sum(count + others) > ${BUSY}`,
    ),
    sumDay: prepare(
      database,
      `INSERT OR REPLACE INTO total SELECT ?1, ?2, ${DAYS}, ?3, ${SUMS_OF_TOTALS}
      FROM total WHERE subject = ?1 AND attribute = ?2 AND level = ${HOURS} AND start >= ?3 * 24 AND start < ?3 * 24 + 24
      GROUP BY dataset`,
    ),
    deleteMark: prepare(database, 'DELETE FROM dirty WHERE day = ? AND subject = ? AND attribute = ?'),
    hour: prepare<{ start: number }>(
      database,
      `SELECT start FROM total WHERE subject = ? AND attribute = ? AND level = ${HOURS} AND start >= ? AND start < ?
      ORDER BY start LIMIT 1 OFFSET ? + 0`,
    ),
    deleteOf: prepare(
      database,
      `DELETE FROM total WHERE subject = ?1 AND attribute = ?2 AND level = ?3 AND start >= ?4 AND start < ?5
      AND (?6 IS NULL OR dataset IN (SELECT value FROM json_each(?6)))`,
    ),
    deleteCondensed: prepare(database, 'DELETE FROM condensed WHERE subject = ? AND attribute = ?'),
    days: prepare<{ day: number }>(
      database,
      `SELECT CAST(floor(time / ${DAY}) AS INTEGER) AS day FROM history
      WHERE subject = ?1 AND attribute = ?2 AND time < ?3 AND observed = 1
      UNION SELECT day FROM chunk WHERE subject = ?1 AND attribute = ?2 AND day * ${DAY} < ?3`,
    ),
    deleteTotals: prepare(
      database,
      'DELETE FROM total WHERE subject = ? AND attribute = ? AND level = ? AND start >= ? AND start < ?',
    ),
  }
}

function sumRows(level: number, size: Micros): string {
  return `INSERT INTO total SELECT ?1, ?2, ${level}, CAST(floor(time / ${size}) AS INTEGER) AS cell, ${SUMS}
    FROM history WHERE subject = ?1 AND attribute = ?2 AND time >= ?3 AND time < ?4 AND observed = 1
    GROUP BY cell, dataset`
}
