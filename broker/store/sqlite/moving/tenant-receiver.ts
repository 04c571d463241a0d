import { validUntil } from '../../../core/merge/valid-until.ts'
import type { LogRecord } from '../../../core/model/change.ts'
import type { Iri } from '../../../core/model/iri.ts'
import { parseEntity } from '../../port/change.ts'
import { instanceId, toldInstance } from '../../port/history-instances.ts'
import {
  type HistoryStretch,
  type KeyRange,
  keyParts,
  type MovedDocument,
  type MovedEntity,
  timeOf,
} from '../../port/moved-store.ts'
import type { HistoryInstance } from '../../port/store.ts'
import type { Database } from '../connection.ts'
import { ChunkWriter } from '../history/chunk-writer.ts'
import { addInstanceRow } from '../history/history-rows.ts'
import { HistoryWriter } from '../history/history-writer.ts'
import { TotalsWriter } from '../history/totals-writer.ts'
import { Names } from '../names.ts'
import { prepare, type SqlValue } from '../statements.ts'
import { buildIndexes } from './build-indexes.ts'
import { TakenLog } from './taken-log.ts'

const LAST_NUMBER = Number.MAX_SAFE_INTEGER
/** Behind whatever an id or a collection may be. */
const LAST_TEXT = '\u{10ffff}'

/** Takes what a tenant has into its file, with nothing in the indexes until that is finished. */
export class TenantReceiver {
  readonly #database: Database
  readonly #names: Names
  readonly #history: HistoryWriter
  readonly #log: TakenLog
  readonly #tables: ReturnType<typeof tables>

  constructor(database: Database) {
    this.#database = database
    this.#names = new Names(database)
    const chunks = new ChunkWriter(database)
    const totals = new TotalsWriter(database, chunks)
    this.#history = new HistoryWriter(database, { names: this.#names, totals, chunks })
    this.#log = new TakenLog(database)
    this.#tables = tables(database)
  }

  takeNumber(number: number): void {
    this.#tables.takeNumber.run(number)
  }

  takeLog(range: KeyRange<number>, records: readonly LogRecord[]): void {
    this.#transact(() => this.#log.take(range, records))
  }

  takeEntities({ after = '', to = LAST_TEXT }: KeyRange<string>, entities: readonly MovedEntity[]): void {
    this.#transact(() => {
      const places = new Map(entities.map(({ id, place }) => [id, place]))
      for (const { id, subject } of this.#tables.subjects.all(after, to))
        if (places.get(id) !== subject) this.#tables.removeHistory.run(subject)
      for (const remove of this.#tables.removals) remove.run(after, to)
      for (const entity of entities) this.#addEntity(entity)
    })
  }

  takeInstances(
    { id, place }: Pick<MovedEntity, 'id' | 'place'>,
    { attribute, from = -LAST_NUMBER, to = LAST_NUMBER }: HistoryStretch,
    instances: readonly HistoryInstance[],
  ): void {
    this.#transact(() => {
      const name = attribute === undefined ? null : (this.#names.find(attribute) ?? 0)
      this.#tables.removeStretch.run(place, name, from, to)
      const rows: SqlValue[] = []
      for (const instance of instances) addRow(rows, instance)
      this.#history.addRows(rows, place, 0)
      this.#history.flush()
      for (const told of instances) this.#keepName(id, place, told)
    })
  }

  takeDocuments({ after = '', to = LAST_TEXT }: KeyRange<string>, documents: readonly MovedDocument[]): void {
    this.#transact(() => {
      this.#tables.removeDocuments.run(...keyParts(after), ...keyParts(to))
      for (const { collection, id, version: given, text, expiresAt = null } of documents) {
        const last = this.#log.last(collection, id)
        const version = last?.after === text ? last.sequence : this.#numberLike(given)
        this.#tables.addDocument.run(collection, id, version, text, expiresAt)
      }
    })
  }

  finish(): void {
    this.#tables.removeSaid.run()
    buildIndexes(this.#database, this.#names)
    this.#log.finish()
  }

  /** What was written since the log was taken is left to the next look. */
  #addEntity(entity: MovedEntity): void {
    const { id, place, text, evolved, deleted, provisioned, erased = [] } = entity
    const last = this.#log.last('entity', id)
    if (text !== undefined) {
      if (last?.after !== text) return
      this.#tables.addEntity.run(place, id, last.sequence, validUntil(parseEntity(text)) ?? null)
    } else this.#tables.addLife.run(id, place)
    if (evolved) {
      const { types, scopes, createdAt = null, modifiedAt = null } = provisioned ?? {}
      const before = deleted ? (last?.before ?? null) : null
      const provision = [jsonOf(types), jsonOf(scopes), createdAt, modifiedAt] as const
      this.#tables.addEvolution.run(id, ...provision, deleted?.at ?? null, before)
      const former = deleted?.text === undefined ? [] : parseEntity(deleted.text).types
      for (const type of [...(types ?? []), ...former]) this.#tables.addType.run(this.#names.intern(type), id)
    }
    for (const { version, at, what } of erased)
      this.#tables.addErasure.run(version, id, at, JSON.stringify(what))
  }

  /** What moved in its history took its id along. */
  #keepName(id: string, place: number, told: HistoryInstance): void {
    const { attribute, datasetId, deletedAt, instanceId: name } = told
    const time = timeOf(told)
    const deleted = deletedAt !== undefined
    const own = { attribute, time, deleted, ...(datasetId !== undefined && { datasetId }) }
    if (name === instanceId(id, own)) return
    this.#tables.keepName.run(
      name,
      place,
      this.#names.intern(attribute),
      time,
      datasetId ?? '',
      Number(deleted),
    )
  }

  /** A version that the log does not tell of is no number of it. */
  #numberLike(version: number): number {
    return this.#log.has(version) ? (this.#tables.nextNumber.get()?.value ?? 0) : version
  }

  #transact(apply: () => void): void {
    this.#database.exec('BEGIN IMMEDIATE')
    try {
      apply()
      this.#database.exec('COMMIT')
    } catch (error) {
      this.#database.exec('ROLLBACK')
      this.#history.drop()
      this.#names.forget()
      throw error
    }
  }
}

function addRow(rows: SqlValue[], told: HistoryInstance): void {
  const { attribute, deletedAt, datasetId = '', text = '{}' } = told
  const instance = toldInstance(told)
  if (deletedAt === undefined) addInstanceRow(rows, { attribute, instance, told: false })
  else rows.push(attribute, deletedAt, datasetId, 1, text, null, 0, instance.createdAt, deletedAt, null)
}

function jsonOf(names: readonly Iri[] | undefined): string | null {
  return names ? JSON.stringify(names) : null
}

function tables(database: Database) {
  const inRange = 'id > ? AND id <= ?'
  return {
    takeNumber: prepare(database, "UPDATE state SET value = max(value, ?) WHERE name = 'sequence'"),
    nextNumber: prepare<{ value: number }>(
      database,
      "UPDATE state SET value = value + 1 WHERE name = 'sequence' RETURNING value",
    ),
    subjects: prepare<{ id: string; subject: number }>(
      database,
      `SELECT id, key AS subject FROM entity WHERE id > ?1 AND id <= ?2
      UNION SELECT id, subject FROM life WHERE id > ?1 AND id <= ?2`,
    ),
    removals: ['entity', 'evolution', 'evolution_type', 'life', 'erasure'].map((table) =>
      prepare(database, `DELETE FROM ${table} WHERE ${inRange}`),
    ),
    removeHistory: prepare(database, 'DELETE FROM history WHERE subject = ?'),
    removeStretch: prepare(
      database,
      `DELETE FROM history WHERE subject = ?1 AND (?2 IS NULL OR attribute = ?2) AND time >= ?3 AND time < ?4`,
    ),
    keepName: prepare(
      database,
      `UPDATE history SET instance = ? WHERE subject = ? AND attribute = ? AND time = ? AND dataset = ? AND deleted = ?`,
    ),
    addEntity: prepare(database, 'INSERT INTO entity (key, id, version, expires) VALUES (?, ?, ?, ?)'),
    addLife: prepare(database, 'INSERT INTO life (id, subject) VALUES (?, ?)'),
    addEvolution: prepare(
      database,
      'INSERT INTO evolution (id, types, scopes, created, modified, deleted, last) VALUES (?, ?, ?, ?, ?, ?, ?)',
    ),
    // instances say so too
    removeSaid: prepare(
      database,
      `DELETE FROM evolution WHERE types IS NULL AND deleted IS NULL AND id IN
        (SELECT id FROM entity WHERE EXISTS (SELECT 1 FROM history WHERE subject = entity.key))`,
    ),
    addType: prepare(database, 'INSERT OR IGNORE INTO evolution_type (type, id) VALUES (?, ?)'),
    addErasure: prepare(database, 'INSERT INTO erasure (key, id, at, what, waits) VALUES (?, ?, ?, ?, 1)'),
    removeDocuments: prepare(
      database,
      'DELETE FROM document WHERE (collection, id) > (?, ?) AND (collection, id) <= (?, ?)',
    ),
    addDocument: prepare(
      database,
      'INSERT INTO document (collection, id, version, text, expires) VALUES (?, ?, ?, ?, ?)',
    ),
  }
}
