import { wholeChange } from '../../../core/merge/settle.ts'
import type { AttributeChange } from '../../../core/model/change.ts'
import type { Micros } from '../../../core/model/time.ts'
import { canonicalEntity } from '../../port/canonical.ts'
import { parseEntity } from '../../port/change.ts'
import {
  type Erasure,
  erasedAt,
  redactBefore,
  redactChanges,
  redactEntity,
} from '../../port/past-selection.ts'
import type { Database } from '../connection.ts'
import { prepare } from '../statements.ts'

interface RecordRow {
  readonly action: 'created' | 'updated' | 'deleted'
  readonly at: Micros
  readonly before: number | null
  readonly after: string | null
  readonly attributes: string | null
}

/** Takes what was erased out of the log: the records of an entity form a chain, from the last one backwards. */
export class LogRedactor {
  readonly #tables: ReturnType<typeof tables>
  readonly #keepDeletions: (id: string, sequence: number) => void

  /** `keepDeletions`: makes rows of what history is told by a record that says that an entity went as a whole. */
  constructor(database: Database, keepDeletions: (id: string, sequence: number) => void) {
    this.#tables = tables(database)
    this.#keepDeletions = keepDeletions
  }

  /** Answers the last record of an entity that holds anything of it, or tells that it went; 0: there is none. */
  head(id: string): number {
    return this.#tables.current.get(id)?.version ?? this.#deletionBefore(id, Number.MAX_SAFE_INTEGER)
  }

  /** Takes what was erased out of one record, unless it holds the current state; answers the one before it, 0: none. */
  redact(id: string, sequence: number, erasures: readonly Erasure[]): number {
    const record = this.#tables.record.get(sequence)
    if (!record) return 0
    if (record.action === 'deleted') this.#redactDeletion(id, sequence, record, erasures)
    else if (mayTell(record, erasures)) this.#redactState(id, sequence, record, erasures)
    return record.before ?? this.#deletionBefore(id, sequence)
  }

  /** Answers the time of an erasure that this clock gives, or the state that it finds. */
  erasedAt(id: string, at: Micros): Micros {
    const current = this.#tables.current.get(id)
    return erasedAt(at, current && parseEntity(current.after))
  }

  /** Tells whether the current state of an entity still has something of what was erased. */
  isCurrent(id: string, erasure: Erasure): boolean {
    const current = this.#tables.current.get(id)
    if (!current) return false
    const state = parseEntity(current.after)
    return redactEntity(state, [erasure], { version: current.version, at: current.at }) !== state
  }

  #redactState(id: string, sequence: number, record: RecordRow, erasures: readonly Erasure[]): void {
    const { action, at, after, attributes } = record
    const told = { version: sequence, at }
    const isCurrent = this.#tables.current.get(id)?.version === sequence
    const state = after === null ? undefined : parseEntity(after)
    const next = state && !isCurrent ? redactEntity(state, erasures, told) : state
    const whole = state && action === 'created' ? wholeChange(action, state, at).attributes : []
    const changes: Changes = attributes === null ? whole : JSON.parse(attributes)
    const named = isCurrent ? redactBefore(changes, erasures, told) : redactChanges(changes, erasures, told)
    if (next === state && named === changes) return
    this.#tables.rewrite.run(next ? canonicalEntity(next) : null, JSON.stringify(named), sequence)
  }

  /** That an entity went is told by its last state, until that holds less. */
  #redactDeletion(id: string, sequence: number, record: RecordRow, erasures: readonly Erasure[]): void {
    const { at, before, attributes } = record
    const last = before === null ? undefined : this.#tables.record.get(before)
    if (before === null || !last?.after) return
    const state = parseEntity(last.after)
    if (redactEntity(state, erasures, { version: before, at: last.at }) !== state) {
      this.#keepDeletions(id, sequence)
    }
    const changes: Changes =
      attributes === null ? wholeChange('deleted', state, at).attributes : JSON.parse(attributes)
    const named = redactChanges(changes, erasures, { version: before, at })
    if (named !== changes) this.#tables.rewrite.run(null, JSON.stringify(named), sequence)
  }

  #deletionBefore(id: string, sequence: number): number {
    return this.#tables.deletion.get(id, sequence)?.sequence ?? 0
  }
}

type Changes = readonly AttributeChange[]

/** Looks at texts before they are parsed: of what is in one place the time must be there. */
function mayTell({ after, attributes }: RecordRow, erasures: readonly Erasure[]): boolean {
  return erasures.some(({ what: { window } }) => {
    if (window?.from === undefined || window.to !== window.from + 1) return true
    const time = String(window.from)
    return after?.includes(time) || attributes?.includes(time)
  })
}

function tables(database: Database) {
  return {
    current: prepare<{ version: number; after: string; at: Micros }>(
      database,
      'SELECT version, log.after, log.at FROM entity JOIN log ON log.sequence = entity.version WHERE entity.id = ?',
    ),
    deletion: prepare<{ sequence: number }>(
      database,
      `SELECT sequence FROM log WHERE collection = 'entity' AND action = 'deleted' AND id = ? AND sequence < ?
      ORDER BY sequence DESC LIMIT 1`,
    ),
    record: prepare<RecordRow>(
      database,
      'SELECT action, at, before, after, attributes FROM log WHERE sequence = ?',
    ),
    rewrite: prepare(database, 'UPDATE log SET after = ?, attributes = ? WHERE sequence = ?'),
  }
}
