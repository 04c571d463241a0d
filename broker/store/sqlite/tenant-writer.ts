import type { AttributeChange, LogRecord } from '../../core/model/change.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { Micros } from '../../core/model/time.ts'
import type { SameInstances } from '../port/evolution.ts'
import { erasureChanges, evolutionAction, withoutSame } from '../port/evolution-changes.ts'
import type { ForgottenRecord, UnitResult } from '../port/store.ts'
import { BUSY_MILLISECONDS, type Database } from './connection.ts'
import { Counts } from './counts.ts'
import { EntityIndex } from './entity-index.ts'
import { heldCheck } from './held.ts'
import { ChunkWriter } from './history/chunk-writer.ts'
import type { ErasedRows } from './history/erasures.ts'
import { EvolutionWriter } from './history/evolution-writer.ts'
import { HistoryWriter } from './history/history-writer.ts'
import { type RetentionStep, RetentionWriter } from './history/retention-writer.ts'
import type { RollUpDays } from './history/roll-ups.ts'
import { TotalsWriter } from './history/totals-writer.ts'
import { Names } from './names.ts'
import { RowBuffer } from './row-buffer.ts'
import { isFatal } from './sqlite-errors.ts'
import { prepare } from './statements.ts'
import { type TextRewrite, TextRewriter } from './text-rewriter.ts'
import type { DocumentWrite, EntityWrite, EvolutionWrite, UnitWrite } from './unit-write.ts'

interface EntityRow {
  readonly key: number
  readonly version: number
}

interface DocumentRow extends EntityRow {
  readonly expires: number | null
}

/** What one `commit` asked for: its units, in order. */
export type Request = readonly UnitWrite[]

/** What became of one `commit`: per unit, or the fault that stopped it. */
export type RequestResult = readonly UnitResult[] | Error

/** Applies units to one file, in groups of one transaction each. */
export class TenantWriter {
  readonly #names: Names
  readonly #counts: Counts
  readonly #tables: ReturnType<typeof tables>
  readonly #log: RowBuffer
  /** Entities that are new in this group, and where they gather. */
  readonly #entities: RowBuffer
  readonly #fresh = new Set<string>()
  /** Ids with rows among those that gather. */
  readonly #gathering = new Set<string>()
  readonly #index: EntityIndex
  readonly #history: HistoryWriter
  readonly #totals: TotalsWriter
  readonly #chunks: ChunkWriter
  readonly #evolution: EvolutionWriter
  readonly #retention: RetentionWriter
  readonly #texts: TextRewriter
  readonly #checkHeld: () => void
  /** The last sequence that was given, and the last one that is on disk. */
  #sequence: number
  #kept: number

  constructor(database: Database) {
    this.#names = new Names(database)
    this.#counts = new Counts(database, this.#names)
    this.#tables = tables(database)
    this.#log = new RowBuffer(database, 'log', LOG_COLUMNS)
    this.#entities = new RowBuffer(database, 'entity', ['key', 'id', 'version', 'expires'])
    this.#index = new EntityIndex(database, this.#names)
    this.#chunks = new ChunkWriter(database)
    this.#totals = new TotalsWriter(database, this.#chunks)
    const parts = { names: this.#names, totals: this.#totals, chunks: this.#chunks }
    this.#history = new HistoryWriter(database, parts)
    this.#evolution = new EvolutionWriter(database, { ...parts, history: this.#history })
    this.#retention = new RetentionWriter(database, this.#names, this.#history)
    this.#texts = new TextRewriter(database, { ...parts, index: this.#index })
    this.#checkHeld = heldCheck(database)
    this.#sequence = this.#tables.sequence.get()?.value ?? 0
    this.#kept = this.#sequence
  }

  /**
   * Applies a group and commits it: when it returns, all kept units are on disk. Where something cannot be applied the
   * group is taken back and each request is tried alone, so that none fails for another. @throws Error when none is kept
   */
  commit(requests: readonly Request[]): readonly RequestResult[] {
    try {
      return this.#transact(() => requests.map((units) => this.#applyRequest(units)))
    } catch (error) {
      if (!(error instanceof Error) || isFatal(error)) throw error
      return requests.length === 1 ? [error] : requests.flatMap((units) => this.commit([units]))
    }
  }

  /** Deletes documents that ended before this instant, at most so many. */
  reap(now: Micros, limit: number): void {
    this.#checkHeld()
    this.#tables.reap.run(now, limit)
  }

  /** Sums up finished days of series that changed, and packs days before another one, as many as the time allows. */
  rollUp({ finished, packed }: RollUpDays, milliseconds: number): void {
    const end = performance.now() + milliseconds
    this.#totals.rollUp(finished, milliseconds)
    if (performance.now() < end) this.#chunks.pack(packed, end - performance.now())
  }

  /** Removes what history keeps no longer, as much as the time allows; answers where to go on. */
  retain(step: RetentionStep, milliseconds: number): number | undefined {
    return this.#transact(() => this.#retention.step(step, milliseconds))
  }

  /**
   * Goes on with what was erased, in a transaction of its own: with rows of one erasure where a key is given, or with
   * whatever is left, until the time is used up. Answers which instances are gone; undefined: none. That the last ones
   * are is told in the log, since whoever was told of the erasure may have looked in between.
   */
  erase(milliseconds: number, key?: number): ErasedRows | undefined {
    return this.#transact(() => {
      const rows = this.#evolution.eraseMore(milliseconds, key)
      if (rows?.ended) {
        const { id, at, what } = rows.ended
        const changes = JSON.stringify(erasureChanges(what))
        const told = { collection: 'evolution', id, at, by: 'hub', request: null, changes } as const
        this.#addLog(told, { sequence: ++this.#sequence, before: undefined, action: 'updated' })
      }
      return rows
    })
  }

  /** Writes texts anew where they stand, and forgets what was learnt of those before. */
  rewrite(changes: readonly TextRewrite[]): void {
    this.#transact(() => this.#texts.rewrite(changes))
    this.#evolution.forget()
    this.#retention.forget()
  }

  /** Makes rows of what is packed of an attribute; tells whether more is. */
  unpack(attribute: Iri): boolean {
    return this.#transact(() => this.#texts.unpack(attribute))
  }

  /** Empties the write-ahead log where it may hold what was erased; who reads from it is not waited for. */
  tidy(): void {
    if (!this.#evolution.remains()) return
    if (this.#tables.emptyLog()) this.#evolution.settled()
  }

  #transact<T>(apply: () => T): T {
    this.#tables.begin.run()
    try {
      this.#checkHeld()
      const results = apply()
      this.#flush()
      this.#counts.flush()
      if (this.#sequence !== this.#kept) this.#tables.keepSequence.run(this.#sequence)
      this.#tables.commit.run()
      this.#kept = this.#sequence
      return results
    } catch (error) {
      this.#takeBack()
      throw error
    }
  }

  #takeBack(): void {
    if (this.#tables.isOpen()) this.#tables.rollback.run()
    for (const part of [this.#entities, this.#index, this.#history, this.#log, this.#counts]) part.drop()
    this.#evolution.forget()
    this.#retention.forget()
    this.#fresh.clear()
    this.#gathering.clear()
    this.#names.forget()
    this.#sequence = this.#kept
  }

  #applyRequest(units: Request): readonly UnitResult[] {
    const left = new Map<string, UnitResult>()
    return units.map((unit) => {
      if (unit.collection === 'evolution') return this.#applyEvolution(unit as EvolutionWrite)
      if (unit.collection !== 'entity') return this.#applyDocument(unit as DocumentWrite)
      const result = this.#applyEntity(unit as EntityWrite, left.get(unit.id))
      left.set(unit.id, result)
      return result
    })
  }

  #applyEntity(unit: EntityWrite, previous: UnitResult | undefined): UnitResult {
    if (this.#fresh.has(unit.id)) this.#flushEntities()
    const row = this.#tables.findEntity.get(unit.id)
    if (!expected(unit, row?.version ?? 0, previous))
      return { outcome: 'conflict', version: row?.version ?? 0 }
    if (!row && unit.text === undefined) return { outcome: 'kept', version: 0 }
    const version = ++this.#sequence
    const key = row?.key ?? version
    this.#gathering.add(unit.id)
    this.#evolution.written(unit.id)
    this.#writeEntity(unit, key, version, row)
    this.#index.apply(key, unit.index)
    this.#counts.add(unit.shape)
    this.#history.addChange(unit, key, version)
    this.#addLog(unit, { sequence: version, before: row?.version, action: unit.action })
    return { outcome: 'kept', version }
  }

  #applyEvolution(unit: EvolutionWrite): UnitResult {
    if (this.#gathering.has(unit.id)) this.#flush()
    const version = this.#sequence + 1
    const evolved = this.#evolution.apply(unit, version)
    if (!evolved) return { outcome: 'conflict', version: 0 }
    const { idle, ...result } = evolved
    if (idle) return { outcome: 'kept', version: 0, ...result }
    this.#sequence = version
    this.#gathering.add(unit.id)
    const { action } = unit.change
    const place = { sequence: version, before: undefined, action: evolutionAction(action, evolved.created) }
    this.#addLog(result.same ? { ...unit, changes: changesWithout(unit.changes, result.same) } : unit, place)
    return { outcome: 'kept', version, ...result }
  }

  #writeEntity(unit: EntityWrite, key: number, version: number, row?: EntityRow): void {
    const { id, text, expires, at, index } = unit
    if (text === undefined) {
      this.#tables.deleteEntity.run(key)
      this.#tables.insertLife.run(id, key)
      this.#evolution.deleted(id, { at, last: row?.version ?? version, types: index.removed.types })
    } else if (row) this.#tables.updateEntity.run(version, expires, key)
    else {
      this.#entities.add(key, id, version, expires)
      this.#fresh.add(id)
    }
  }

  #flushEntities(): void {
    this.#entities.flush()
    this.#fresh.clear()
  }

  /** Writes what has gathered of entities and their history. */
  #flush(): void {
    this.#flushEntities()
    this.#index.flush()
    this.#history.flush()
    this.#log.flush()
    this.#gathering.clear()
  }

  #applyDocument(unit: DocumentWrite): UnitResult {
    if (unit.forgets) return this.#forget(unit, unit.forgets)
    const { collection, id, text, at } = unit
    const found = this.#tables.findDocument.get(collection, id)
    const row = found && (found.expires === null || found.expires > at) ? found : undefined
    const current = row?.version ?? 0
    if ((unit.expectedVersion ?? current) !== current) return { outcome: 'conflict', version: current }
    if (!row && text === undefined) return { outcome: 'kept', version: 0 }
    const version = ++this.#sequence
    if (found) this.#tables.deleteDocument.run(found.key)
    if (text !== undefined) {
      this.#tables.insertDocument.run(collection, id, version, text, unit.expiresAt ?? null)
    }
    const action = text === undefined ? 'deleted' : row ? 'updated' : 'created'
    if (unit.logged) this.#addLog(unit, { sequence: version, before: row?.version, action })
    return { outcome: 'kept', version }
  }

  /** A record's `before` is the text of another one. */
  #forget({ collection, id }: DocumentWrite, records: readonly ForgottenRecord[]): UnitResult {
    this.#log.flush()
    for (const { sequence, after } of records) {
      if (after) this.#tables.forgetRecord.run(sequence, collection, id)
    }
    this.#tables.remain.run()
    return { outcome: 'kept', version: 0 }
  }

  #addLog(unit: Logged, { sequence, before, action }: Placed): void {
    const { collection, id, at, by, request, text, changes } = unit
    this.#log.add(
      sequence,
      collection,
      id,
      action,
      at,
      by,
      request,
      before ?? null,
      text ?? null,
      changes ?? null,
    )
  }
}

const LOG_COLUMNS = [
  'sequence',
  'collection',
  'id',
  'action',
  'at',
  'by',
  'request',
  'before',
  'after',
  'attributes',
] as const

function changesWithout(changes: string, same: SameInstances): string {
  const told: readonly AttributeChange[] = JSON.parse(changes)
  return JSON.stringify(withoutSame(told, same))
}

/** What of a unit is told in the log. */
type Logged = Pick<UnitWrite, 'collection' | 'id' | 'at' | 'by' | 'request' | 'text'> & {
  readonly changes?: string | undefined
}

interface Placed extends Pick<LogRecord, 'sequence' | 'action'> {
  readonly before: number | undefined
}

function expected(
  { expectedVersion }: EntityWrite,
  version: number,
  previous: UnitResult | undefined,
): boolean {
  return expectedVersion === 'previous' ? previous?.outcome === 'kept' : expectedVersion === version
}

function tables(database: Database) {
  return {
    isOpen: () => database.isTransaction,
    emptyLog: () => {
      database.exec('PRAGMA busy_timeout = 0')
      const { busy }: { busy: number } = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()
      database.exec(`PRAGMA busy_timeout = ${BUSY_MILLISECONDS}`)
      return busy === 0
    },
    begin: prepare(database, 'BEGIN IMMEDIATE'),
    commit: prepare(database, 'COMMIT'),
    rollback: prepare(database, 'ROLLBACK'),
    sequence: prepare<{ value: number }>(database, "SELECT value FROM state WHERE name = 'sequence'"),
    keepSequence: prepare(database, "UPDATE state SET value = ? WHERE name = 'sequence'"),
    findEntity: prepare<EntityRow>(database, 'SELECT key, version FROM entity WHERE id = ?'),
    updateEntity: prepare(database, 'UPDATE entity SET version = ?, expires = ? WHERE key = ?'),
    deleteEntity: prepare(database, 'DELETE FROM entity WHERE key = ?'),
    insertLife: prepare(database, 'INSERT INTO life (id, subject) VALUES (?, ?)'),
    findDocument: prepare<DocumentRow>(
      database,
      'SELECT key, version, expires FROM document WHERE collection = ? AND id = ?',
    ),
    deleteDocument: prepare(database, 'DELETE FROM document WHERE key = ?'),
    insertDocument: prepare(
      database,
      'INSERT INTO document (collection, id, version, text, expires) VALUES (?, ?, ?, ?, ?)',
    ),
    forgetRecord: prepare(
      database,
      'UPDATE log SET after = NULL WHERE sequence = ? AND collection = ? AND id = ?',
    ),
    remain: prepare(database, "UPDATE state SET value = 1 WHERE name = 'remains' AND value = 0"),
    reap: prepare(
      database,
      'DELETE FROM document WHERE key IN (SELECT key FROM document WHERE expires <= ? LIMIT ?)',
    ),
  }
}
