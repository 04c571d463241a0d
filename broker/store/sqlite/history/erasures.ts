import type { Micros } from '../../../core/model/time.ts'
import type { Erasure, PastSelection } from '../../port/past-selection.ts'
import type { Database } from '../connection.ts'
import { prepare } from '../statements.ts'
import type { LogRedactor } from './log-redactor.ts'
import type { RowEraser, RowsLeft } from './row-eraser.ts'

interface ErasureRow {
  readonly key: number
  readonly id: string
  readonly at: Micros
  readonly what: string
  readonly rows: string | null
  readonly head: number | null
  readonly next: number | null
  readonly down: number
}

/** So many instances of one erasure are gone; `ended`: of whom, and what, where no rows of it are left. */
export interface ErasedRows {
  readonly key: number
  readonly erased: number
  readonly ended?: { readonly id: string; readonly at: Micros; readonly what: PastSelection }
}

/** Milliseconds that the transaction of an erasure takes for rows before it leaves the rest to steps. */
const AT_ONCE = 10
/** So many erasures of one entity are looked for in one walk along its log. */
const TOGETHER = 500

/**
 * What was erased and is not gone from everywhere yet. It is noted in the transaction that erases, so that a crash does not
 * forget it, and done in steps: rows of history first, then the log from its last record backwards. What the current state
 * still has is waited for: the record that holds it is looked at again once it is past.
 */
export class Erasures {
  readonly #rows: RowEraser
  readonly #log: LogRedactor
  readonly #tables: ReturnType<typeof tables>
  /** Entities whose current state still has something of what was erased. */
  #waiting: Set<string>

  constructor(database: Database, { rows, log }: { rows: RowEraser; log: LogRedactor }) {
    this.#rows = rows
    this.#log = log
    this.#tables = tables(database)
    this.#waiting = this.#readWaiting()
  }

  /** Takes notice of a write to an entity: its state until now is past. */
  written(id: string): void {
    if (this.#waiting.size > 0 && this.#waiting.delete(id)) this.#tables.wake.run(id)
  }

  /** Forgets what it learnt: after a rollback some of it may not be so. */
  forget(): void {
    this.#waiting = this.#readWaiting()
  }

  /** Begins with an erasure in the transaction that erases: answers how many rows of these lives are gone at once. */
  begin(id: string, erasure: Erasure, subjects: readonly number[]): number {
    const { what, version } = erasure
    const { erased, left } =
      subjects.length > 0 ? this.#rows.erase(erasure, { subjects }, AT_ONCE) : { erased: 0 }
    this.#tables.remain.run()
    if (left || this.#log.head(id) > 0) {
      const at = this.#log.erasedAt(id, erasure.at)
      this.#tables.insert.run(version, id, at, JSON.stringify(what), left ? JSON.stringify(left) : null)
    }
    return erased
  }

  /** Tells whether the log knows an entity of that id. */
  isLogged(id: string): boolean {
    return this.#log.head(id) > 0
  }

  /** Deletes more rows of one erasure, or of the first that has any; undefined: there are none. */
  eraseRows(key: number | undefined, milliseconds: number): ErasedRows | undefined {
    const row = key === undefined ? this.#tables.withRows.get() : this.#tables.rowsOf.get(key)
    if (!row?.rows) return undefined
    const from: RowsLeft = JSON.parse(row.rows)
    const { erased, left } = this.#rows.erase(erasureOf(row), from, milliseconds)
    this.#tables.remain.run()
    this.#tables.keepRows.run(left ? JSON.stringify(left) : null, row.key)
    const { id, at } = row
    return { key: row.key, erased, ...(!left && { ended: { id, at, what: erasureOf(row).what } }) }
  }

  /** Walks along logs until the time is used up. */
  redact(milliseconds: number): void {
    const end = performance.now() + milliseconds
    do {
      const walk = this.#walk()
      if (!walk) return
      this.#goOn(walk, end)
    } while (performance.now() < end)
  }

  /** Tells whether old pages may still be in the write-ahead log, where nothing else is left to do. */
  remains(): boolean {
    return this.#tables.remains.get() !== undefined
  }

  /** Notes that they are not. */
  settled(): void {
    this.#tables.settle.run()
  }

  #readWaiting(): Set<string> {
    return new Set(this.#tables.waiting.all().map(({ id }) => id))
  }

  /** Answers the erasures of one entity that go the same way; the walk begins where there is none under way. */
  #walk(): readonly ErasureRow[] | undefined {
    const open = this.#tables.open.get()
    if (!open) return undefined
    const { id, head, next, down } = open
    if (next === null) {
      const begin = this.#log.head(id)
      this.#tables.start.run(begin, head ?? 0, id, head)
      if (begin === 0) this.#tables.forget.run(id)
      return begin === 0 ? [] : this.#tables.together.all(id, begin, begin, head ?? 0, TOGETHER)
    }
    return this.#tables.together.all(id, head, next, down, TOGETHER)
  }

  #goOn(walk: readonly ErasureRow[], end: number): void {
    const [first] = walk
    if (!first) return
    const { id, down } = first
    const erasures = walk.map(erasureOf)
    let next = first.next ?? 0
    do {
      next = this.#log.redact(id, next, erasures)
    } while (next > 0 && next >= down && performance.now() < end)
    this.#tables.remain.run()
    const more = next > 0 && next >= down
    const isOld = this.#log.head(id) !== first.head // what was current when it was passed is past by now
    for (const row of walk) {
      const waits = !more && !isOld && this.#log.isCurrent(id, erasureOf(row))
      if (waits) this.#waiting.add(id)
      if (more || isOld || waits) this.#tables.keepNext.run(more ? next : null, Number(waits), row.key)
      else this.#tables.done.run(row.key)
    }
  }
}

function erasureOf({ key, at, what }: ErasureRow): Erasure {
  return { version: key, at, what: JSON.parse(what) }
}

function tables(database: Database) {
  return {
    insert: prepare(database, 'INSERT INTO erasure (key, id, at, what, rows) VALUES (?, ?, ?, ?, ?)'),
    withRows: prepare<ErasureRow>(
      database,
      'SELECT * FROM erasure WHERE rows IS NOT NULL ORDER BY key LIMIT 1',
    ),
    rowsOf: prepare<ErasureRow>(database, 'SELECT * FROM erasure WHERE key = ? AND rows IS NOT NULL'),
    keepRows: prepare(database, 'UPDATE erasure SET rows = ? WHERE key = ?'),
    open: prepare<ErasureRow>(
      database,
      'SELECT * FROM erasure WHERE waits = 0 AND rows IS NULL ORDER BY key LIMIT 1',
    ),
    start: prepare(
      database,
      `UPDATE erasure SET head = ?1, next = ?1, down = ?2
      WHERE id = ?3 AND head IS ?4 AND next IS NULL AND rows IS NULL AND waits = 0`,
    ),
    together: prepare<ErasureRow>(
      database,
      `SELECT * FROM erasure WHERE id = ? AND head = ? AND next = ? AND down = ? AND rows IS NULL
      ORDER BY key LIMIT ? + 0`,
    ),
    keepNext: prepare(database, 'UPDATE erasure SET next = ?, waits = ? WHERE key = ?'),
    waiting: prepare<{ id: string }>(database, 'SELECT DISTINCT id FROM erasure WHERE waits = 1'),
    wake: prepare(database, 'UPDATE erasure SET waits = 0 WHERE id = ?'),
    done: prepare(database, 'DELETE FROM erasure WHERE key = ?'),
    forget: prepare(database, 'DELETE FROM erasure WHERE id = ? AND rows IS NULL'),
    remain: prepare(database, "UPDATE state SET value = 1 WHERE name = 'remains' AND value = 0"),
    remains: prepare(
      database,
      `SELECT 1 FROM state WHERE name = 'remains' AND value = 1 AND NOT EXISTS (SELECT 1 FROM erasure WHERE waits = 0)`,
    ),
    settle: prepare(database, "UPDATE state SET value = 0 WHERE name = 'remains'"),
  }
}
