import { union } from '../../core/merge/members.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { Micros } from '../../core/model/time.ts'
import type { EvolutionChange, SameInstances } from '../port/evolution.ts'
import { appendedRows } from './appended-rows.ts'
import type { ChunkWriter } from './chunk-writer.ts'
import type { Database } from './connection.ts'
import { findInstance } from './evolution-reader.ts'
import { HistoryPlaces } from './history-places.ts'
import { addInstanceRow, TOMBSTONE } from './history-rows.ts'
import type { HistoryWriter } from './history-writer.ts'
import type { Names } from './names.ts'
import { isSamePlace, type PlacedRow } from './placed-row.ts'
import { prepare, type SqlValue } from './statements.ts'
import type { TotalsWriter } from './totals-writer.ts'
import type { EvolutionWrite } from './unit-write.ts'

interface Head {
  readonly types: string | null
  readonly scopes: string | null
}

/** What became of a change that had what it needs. */
export interface Evolved {
  readonly created?: true
  readonly same?: SameInstances
  /** There was nothing new in it, and nothing was done. */
  readonly idle?: true
}

type Change<Action extends EvolutionChange['action']> = Extract<EvolutionChange, { action: Action }>

/** Changes the history of entities by itself. What is to be read must be in the tables, not on its way there. */
export class EvolutionWriter {
  readonly #places: HistoryPlaces
  readonly #names: Names
  readonly #history: HistoryWriter
  readonly #totals: TotalsWriter
  readonly #chunks: ChunkWriter
  readonly #tables: ReturnType<typeof tables>

  constructor(
    database: Database,
    parts: { names: Names; history: HistoryWriter; totals: TotalsWriter; chunks: ChunkWriter },
  ) {
    this.#places = new HistoryPlaces(database, parts.names)
    this.#names = parts.names
    this.#history = parts.history
    this.#totals = parts.totals
    this.#chunks = parts.chunks
    this.#tables = tables(database)
  }

  /** Notes that an entity was deleted: it stays findable by its types and its last state. */
  deleted(id: string, { at, last, types }: { at: Micros; last: number; types: readonly Iri[] }): void {
    this.#tables.keepDeleted.run(id, at, last)
    this.#addTypes(id, types)
  }

  /** Applies a change; undefined: what it needs is not there, and nothing was done. */
  apply({ id, at, change, rows }: EvolutionWrite, version: number): Evolved | undefined {
    switch (change.action) {
      case 'append':
        return this.#append({ id, at, rows, version }, change)
      case 'replaceInstance':
        return this.#replaceInstance(id, change, version)
      case 'deleteInstance':
        return this.#deleteInstance(id, change, version)
      case 'deleteAttribute':
        return this.#deleteAttribute(id, change, version)
      case 'delete':
        return this.#delete(id)
      default:
        return change satisfies never
    }
  }

  /** Forgets what it learnt: after a rollback some of it may not be so. */
  forget(): void {
    this.#places.forget()
  }

  #append(
    { id, at, rows, version }: { id: string; at: Micros; rows: readonly SqlValue[]; version: number },
    { needs, types, scopes }: Pick<Change<'append'>, 'needs' | 'types' | 'scopes'>,
  ): Evolved | undefined {
    const head = this.#tables.head.get(id)
    const subjects = this.#places.subjects(id)
    const present = head !== undefined || this.#places.hasRows(subjects)
    if (!present && needs === 'present') return undefined
    const { added, same } = appendedRows(this.#places, subjects, rows)
    const told = same && { same }
    const given = scopes ? JSON.stringify(scopes) : null
    const saysNothing = present && added.length === 0 && (given === null || given === head?.scopes)
    if (saysNothing && this.#hasTypes(id, types)) return { ...told, idle: true }
    const known: readonly Iri[] = JSON.parse(head?.types ?? '[]')
    const all = union(known, types)
    this.#tables.keep.run(id, JSON.stringify(all), given, at)
    if (all !== known) this.#addTypes(id, types)
    this.#history.addRows(added, this.#subject(id, version), version)
    return { ...told, ...(!present && { created: true }) }
  }

  /** Tells whether an evolution is found by all of these types. */
  #hasTypes(id: string, types: readonly Iri[]): boolean {
    return types.every((type) => {
      const name = this.#names.find(type)
      return name !== undefined && this.#tables.hasType.get(name, id) !== undefined
    })
  }

  #replaceInstance(
    id: string,
    { attribute, instanceId, instance }: Change<'replaceInstance'>,
    version: number,
  ): Evolved | undefined {
    const found = findInstance(this.#places, id, { attribute, instanceId })
    if (!found) return undefined
    const row: SqlValue[] = []
    addInstanceRow(row, { attribute, instance: { ...instance, createdAt: found.created }, told: false })
    const [, time, dataset, deleted, ...content] = row
    const moves = time !== found.time || dataset !== found.dataset || found.deleted
    this.#remove(id, { attribute, row: found, version })
    const name = this.#names.intern(attribute)
    const place = [found.subject, name, time ?? 0, dataset ?? '', deleted ?? 0] as const
    this.#totals.erase(found.subject, name, Number(time))
    this.#tables.replace.run(...place, version, ...content, moves ? instanceId : found.instance)
    return {}
  }

  #deleteInstance(
    id: string,
    { attribute, instanceId }: Change<'deleteInstance'>,
    version: number,
  ): Evolved | undefined {
    const row = findInstance(this.#places, id, { attribute, instanceId })
    if (!row) return undefined
    this.#remove(id, { attribute, row, version })
    return {}
  }

  #deleteAttribute(
    id: string,
    { attribute, datasetId = '', all }: Change<'deleteAttribute'>,
    version: number,
  ): Evolved | undefined {
    const subjects = this.#places.subjects(id)
    const isMeant = ({ dataset }: PlacedRow): boolean => all === true || dataset === datasetId
    const told = this.#places.wholes(subjects, attribute).filter(isMeant)
    const name = this.#names.find(attribute)
    const dataset = all ? null : datasetId
    const found = name !== undefined && subjects.some((one) => this.#tables.any.get(one, name, dataset))
    if (!found && told.length === 0) return undefined
    for (const subject of name === undefined ? [] : subjects) {
      this.#tables.deleteRows.run(subject, name ?? null, dataset)
      this.#totals.eraseSeries(subject, name ?? 0, dataset)
    }
    for (const row of this.#places.wholes(subjects, attribute).filter(isMeant))
      this.#bury(attribute, row, version)
    return {}
  }

  #delete(id: string): Evolved | undefined {
    const subjects = this.#places.subjects(id)
    if (!this.#tables.head.get(id) && !this.#places.hasRows(subjects)) return undefined
    for (const subject of subjects) {
      this.#tables.deleteSubject.run(subject)
      this.#totals.eraseSubject(subject)
    }
    for (const statement of [this.#tables.deleteLives, this.#tables.deleteHead, this.#tables.deleteTypes]) {
      statement.run(id)
    }
    return {}
  }

  /** Takes away what is in a place, in all lives of the id, so that nothing tells of it any more. */
  #remove(
    id: string,
    { attribute, row, version }: { attribute: Iri; row: PlacedRow; version: number },
  ): void {
    const subjects = this.#places.subjects(id)
    const name = this.#names.find(attribute)
    const { time, dataset, deleted } = row
    for (const subject of name === undefined ? [] : subjects) {
      if (row.observed) this.#totals.erase(subject, name ?? 0, time)
      else this.#chunks.open(subject, name ?? 0, time)
      this.#tables.deletePlace.run(subject, name ?? null, time, dataset, Number(deleted))
    }
    for (const told of this.#places.wholes(subjects, attribute)) {
      if (isSamePlace(told, row)) this.#bury(attribute, told, version)
    }
  }

  /** Puts a tombstone over what a log record goes on to tell. */
  #bury(attribute: Iri, { subject, time, dataset, deleted }: PlacedRow, version: number): void {
    const place = [subject, this.#names.intern(attribute), time, dataset, Number(deleted)] as const
    this.#chunks.open(subject, place[1], time)
    this.#tables.replace.run(...place, version, TOMBSTONE, null, 0, time, time, null, null)
  }

  /** Answers the subject that new instances belong to: the entity as it is, or was last, or one made for them. */
  #subject(id: string, version: number): number {
    const found = this.#tables.subject.get(id)?.subject ?? null
    if (found !== null) return found
    this.#tables.insertLife.run(id, version)
    return version
  }

  #addTypes(id: string, types: readonly Iri[]): void {
    for (const type of types) this.#tables.insertType.run(this.#names.intern(type), id)
  }
}

function tables(database: Database) {
  const place = 'subject = ? AND attribute = ? AND time = ? AND dataset = ? AND deleted = ?'
  const series = 'subject = ?1 AND attribute = ?2 AND (?3 IS NULL OR dataset = ?3)'
  return {
    head: prepare<Head>(database, 'SELECT types, scopes FROM evolution WHERE id = ?'),
    keep: prepare(
      database,
      `INSERT INTO evolution (id, types, scopes, created, modified) VALUES (?1, ?2, ?3, ?4, ?4)
      ON CONFLICT DO UPDATE SET types = excluded.types, scopes = coalesce(excluded.scopes, scopes),
        created = coalesce(created, excluded.created), modified = excluded.modified`,
    ),
    keepDeleted: prepare(
      database,
      `INSERT INTO evolution (id, deleted, last) VALUES (?, ?, ?)
      ON CONFLICT DO UPDATE SET deleted = excluded.deleted, last = excluded.last`,
    ),
    hasType: prepare(
      database,
      `SELECT 1 FROM evolution_type WHERE type = ?1 AND id = ?2
      UNION ALL SELECT 1 FROM entity JOIN entity_type ON type = ?1 AND entity = key WHERE id = ?2 LIMIT 1`,
    ),
    insertType: prepare(database, 'INSERT OR IGNORE INTO evolution_type (type, id) VALUES (?, ?)'),
    subject: prepare<{ subject: number | null }>(
      database,
      `SELECT coalesce((SELECT key FROM entity WHERE id = ?1), (SELECT max(subject) FROM life WHERE id = ?1)) AS subject`,
    ),
    insertLife: prepare(database, 'INSERT INTO life (id, subject) VALUES (?, ?)'),
    replace: prepare(
      database,
      `INSERT OR REPLACE INTO history (subject, attribute, time, dataset, deleted, source,
        text, value, observed, created, modified, unit, instance) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ),
    any: prepare(
      database,
      `SELECT 1 WHERE EXISTS (SELECT 1 FROM history WHERE ${series} AND (text IS NULL OR text <> ''))
      OR EXISTS (SELECT 1 FROM chunk WHERE ${series}) OR EXISTS (SELECT 1 FROM total WHERE ${series})`,
    ),
    deletePlace: prepare(database, `DELETE FROM history WHERE ${place}`),
    deleteRows: prepare(database, `DELETE FROM history WHERE ${series}`),
    deleteSubject: prepare(database, 'DELETE FROM history WHERE subject = ?'),
    deleteLives: prepare(database, 'DELETE FROM life WHERE id = ?'),
    deleteHead: prepare(database, 'DELETE FROM evolution WHERE id = ?'),
    deleteTypes: prepare(database, 'DELETE FROM evolution_type WHERE id = ?'),
  }
}
