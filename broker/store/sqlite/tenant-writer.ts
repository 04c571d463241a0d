import type { EntityChange, LogRecord } from '../../core/model/change.ts'
import type { Micros } from '../../core/model/time.ts'
import { canonicalEntity } from '../port/canonical.ts'
import { parseEntity } from '../port/change.ts'
import { indexEntries } from '../port/index-entries.ts'
import type { DocumentUnit, EntityUnit, Unit, UnitResult } from '../port/store.ts'
import type { Database } from './connection.ts'
import { Counts } from './counts.ts'
import { entityIndex, type IndexChange } from './entity-index.ts'
import { historyWriter } from './history-writer.ts'
import { Names } from './names.ts'
import { isFatal } from './sqlite-errors.ts'
import { prepare } from './statements.ts'

type Tables = ReturnType<typeof tables>

interface EntityRow {
  readonly key: number
  readonly version: number
  readonly text: string
}

interface DocumentRow {
  readonly key: number
  readonly version: number
  readonly expires: number | null
}

/** What one `commit` asked for: its units, in order. */
export type Request = readonly Unit[]

/** What became of one `commit`: per unit, or the fault that stopped it. */
export type RequestResult = readonly UnitResult[] | Error

/** Applies units to one file, in groups of one transaction each. */
export class TenantWriter {
  readonly #database: Database
  readonly #names: Names
  readonly #counts: Counts
  readonly #tables: Tables
  readonly #index: (change: IndexChange) => void
  readonly #history: (id: string, change: EntityChange) => void
  #sequence: number

  constructor(database: Database) {
    this.#database = database
    this.#names = new Names(database)
    this.#counts = new Counts(database, this.#names)
    this.#tables = tables(database)
    this.#index = entityIndex(database, this.#names)
    this.#history = historyWriter(database, this.#names)
    this.#sequence = this.#readSequence()
  }

  /** Applies a group and commits it: when it returns, all kept units are on disk. @throws Error when none is */
  commit(requests: readonly Request[]): readonly RequestResult[] {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      const results = requests.map((units) => this.#applyRequest(units))
      this.#counts.flush()
      if (this.#sequence !== this.#readSequence()) this.#tables.keepSequence.run(this.#sequence)
      this.#database.exec('COMMIT')
      return results
    } catch (error) {
      this.#rollback()
      throw error
    }
  }

  /** Deletes documents that ended before this instant, at most so many. */
  reap(now: Micros, limit: number): void {
    this.#tables.reap.run(now, limit)
  }

  #rollback(): void {
    if (this.#database.isTransaction) this.#database.exec('ROLLBACK')
    this.#counts.drop()
    this.#names.forget()
    this.#sequence = this.#readSequence()
  }

  #readSequence(): number {
    return this.#tables.sequence.get()?.value ?? 0
  }

  #applyRequest(units: Request): RequestResult {
    const left = new Map<string, UnitResult>()
    const results: UnitResult[] = []
    for (const unit of units) {
      const result = this.#applyUnit(unit, left.get(unit.id))
      if (result instanceof Error) return result
      if (unit.collection === 'entity') left.set(unit.id, result)
      results.push(result)
    }
    return results
  }

  #applyUnit(unit: Unit, previous: UnitResult | undefined): UnitResult | Error {
    const sequence = this.#sequence
    this.#tables.savepoint.run()
    try {
      const result =
        unit.collection === 'entity' ? this.#applyEntity(unit, previous) : this.#applyDocument(unit)
      this.#counts.keepUnit()
      this.#tables.release.run()
      return result
    } catch (error) {
      if (!(error instanceof Error) || isFatal(error)) throw error
      this.#database.exec('ROLLBACK TO unit; RELEASE unit')
      this.#names.forget()
      this.#counts.dropUnit()
      this.#sequence = sequence
      return error
    }
  }

  #applyEntity(unit: EntityUnit, previous: UnitResult | undefined): UnitResult {
    const row = this.#tables.findEntity.get(unit.id)
    if (!expected(unit, row?.version ?? 0, previous))
      return { outcome: 'conflict', version: row?.version ?? 0 }
    if (!row && !unit.next) return { outcome: 'kept', version: 0 }
    const version = ++this.#sequence
    const text = unit.next ? canonicalEntity(unit.next) : undefined
    const key = row?.key ?? version
    const before = row && indexEntries(parseEntity(row.text))
    const after = unit.next && indexEntries(unit.next)
    this.#writeEntity({ key, id: unit.id, version, ...(text !== undefined && { text }) }, row)
    this.#index({ key, before, after })
    this.#counts.add(before, after)
    this.#history(unit.id, unit.change)
    this.#log(unit, { sequence: version, before: row?.version, after: text, ...unit.change })
    return { outcome: 'kept', version }
  }

  #writeEntity(next: { key: number; id: string; version: number; text?: string }, row?: EntityRow): void {
    if (next.text === undefined) this.#tables.deleteEntity.run(next.key)
    else if (row) this.#tables.updateEntity.run(next.version, next.text, next.key)
    else this.#tables.insertEntity.run(next.key, next.id, next.version, next.text)
  }

  #applyDocument(unit: DocumentUnit): UnitResult {
    const found = this.#tables.findDocument.get(unit.collection, unit.id)
    const row = found && (found.expires === null || found.expires > unit.at) ? found : undefined
    const current = row?.version ?? 0
    if ((unit.expectedVersion ?? current) !== current) return { outcome: 'conflict', version: current }
    if (!row && !unit.next) return { outcome: 'kept', version: 0 }
    const version = ++this.#sequence
    const text = unit.next && JSON.stringify(unit.next)
    if (found) this.#tables.deleteDocument.run(found.key)
    if (text !== undefined) {
      this.#tables.insertDocument.run(unit.collection, unit.id, version, text, unit.expiresAt ?? null)
    }
    const action = unit.next ? (row ? 'updated' : 'created') : 'deleted'
    if (unit.logged !== false) {
      this.#log(unit, { sequence: version, before: row?.version, after: text, action, at: unit.at })
    }
    return { outcome: 'kept', version }
  }

  #log(unit: Unit, record: LogRow): void {
    this.#tables.log.run(
      record.sequence,
      unit.collection,
      unit.id,
      record.action,
      record.at,
      unit.origin.by,
      unit.origin.requestId ?? null,
      record.before ?? null,
      record.after ?? null,
      record.attributes ? JSON.stringify(record.attributes) : null,
    )
  }
}

interface LogRow extends Pick<LogRecord, 'sequence' | 'action' | 'at' | 'attributes'> {
  readonly before: number | undefined
  readonly after: string | undefined
}

function expected(unit: EntityUnit, version: number, previous: UnitResult | undefined): boolean {
  return unit.expectedVersion === 'previous' ? previous?.outcome === 'kept' : unit.expectedVersion === version
}

function tables(database: Database) {
  return {
    savepoint: prepare(database, 'SAVEPOINT unit'),
    release: prepare(database, 'RELEASE unit'),
    sequence: prepare<{ value: number }>(database, "SELECT value FROM state WHERE name = 'sequence'"),
    keepSequence: prepare(database, "UPDATE state SET value = ? WHERE name = 'sequence'"),
    findEntity: prepare<EntityRow>(database, 'SELECT key, version, text FROM entity WHERE id = ?'),
    insertEntity: prepare(database, 'INSERT INTO entity (key, id, version, text) VALUES (?, ?, ?, ?)'),
    updateEntity: prepare(database, 'UPDATE entity SET version = ?, text = ? WHERE key = ?'),
    deleteEntity: prepare(database, 'DELETE FROM entity WHERE key = ?'),
    findDocument: prepare<DocumentRow>(
      database,
      'SELECT key, version, expires FROM document WHERE collection = ? AND id = ?',
    ),
    deleteDocument: prepare(database, 'DELETE FROM document WHERE key = ?'),
    insertDocument: prepare(
      database,
      'INSERT INTO document (collection, id, version, text, expires) VALUES (?, ?, ?, ?, ?)',
    ),
    log: prepare(database, 'INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)'),
    reap: prepare(
      database,
      'DELETE FROM document WHERE key IN (SELECT key FROM document WHERE expires <= ? LIMIT ?)',
    ),
  }
}
