import { wholeChange } from '../../../core/merge/settle.ts'
import type { LogRecord } from '../../../core/model/change.ts'
import type { Entity } from '../../../core/model/entity.ts'
import { canonicalEntity } from '../../port/canonical.ts'
import type { KeyRange } from '../../port/moved-store.ts'
import type { Database } from '../connection.ts'
import { prepare } from '../statements.ts'

/** The last record that the log has of something, with what it was then. */
export interface LastRecord {
  readonly sequence: number
  readonly before: number | null
  readonly after: string | null
}

/** Takes a log, record by record, and finds in it what entities and documents are made of. */
export class TakenLog {
  readonly #tables: ReturnType<typeof tables>

  constructor(database: Database) {
    database.exec('CREATE INDEX IF NOT EXISTS moving_log ON log (collection, id, sequence)')
    this.#tables = tables(database)
  }

  /** Has these records in a range, and no others. */
  take({ after = 0, to = Number.MAX_SAFE_INTEGER }: KeyRange<number>, records: readonly LogRecord[]): void {
    this.#tables.remove.run(after, to)
    for (const record of records) this.#add(record)
  }

  /** Answers the last record of an id before another one. */
  last(collection: string, id: string, before = Number.MAX_SAFE_INTEGER): LastRecord | undefined {
    return this.#tables.last.get(collection, id, before)
  }

  /** Tells whether a record has this number. */
  has(sequence: number): boolean {
    return this.#tables.has.get(sequence) !== undefined
  }

  /** Takes the index away that this needs. */
  finish(): void {
    this.#tables.finish()
  }

  #add(record: LogRecord): void {
    const { sequence, collection, id, action, at, origin, after } = record
    // what came anew has no state before; else it is that of the record before, whatever is left of it
    const isChain = collection !== 'evolution' && action !== 'created'
    const before = isChain ? this.last(collection, id, sequence)?.sequence : undefined
    const text =
      after === undefined
        ? null
        : collection === 'entity'
          ? canonicalEntity(after as Entity) // of an entity
          : JSON.stringify(after)
    const { by, requestId = null } = origin
    const changes = changesColumn(record)
    this.#tables.add.run(sequence, collection, id, action, at, by, requestId, before ?? null, text, changes)
  }
}

/** Answers what the log keeps of what changed inside; null: the state says it, of what came or went as a whole. */
function changesColumn({ collection, action, at, before, after, attributes }: LogRecord): string | null {
  if (collection !== 'entity' && collection !== 'evolution') return null
  const told = JSON.stringify(attributes ?? [])
  const state = action === 'created' ? after : before
  if (collection === 'evolution' || action === 'updated' || !state) return told
  const whole = wholeChange(action, state as Entity, at).attributes
  return JSON.stringify(whole) === told ? null : told
}

function tables(database: Database) {
  return {
    remove: prepare(database, 'DELETE FROM log WHERE sequence > ? AND sequence <= ?'),
    add: prepare(
      database,
      `INSERT INTO log (sequence, collection, id, action, at, by, request, before, after, attributes)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    last: prepare<LastRecord>(
      database,
      `SELECT sequence, before, after FROM log INDEXED BY moving_log
      WHERE collection = ? AND id = ? AND sequence < ? ORDER BY sequence DESC LIMIT 1`,
    ),
    has: prepare(database, 'SELECT 1 FROM log WHERE sequence = ?'),
    finish: () => database.exec('DROP INDEX IF EXISTS moving_log'),
  }
}
