import { union } from '../../../core/merge/members.ts'
import type { Iri } from '../../../core/model/iri.ts'
import type { Micros } from '../../../core/model/time.ts'
import type { EvolutionChange, SameInstances } from '../../port/evolution.ts'
import { isEverything, type PastSelection, placeSelection } from '../../port/past-selection.ts'
import type { Database } from '../connection.ts'
import type { Names } from '../names.ts'
import { prepare, type SqlValue } from '../statements.ts'
import type { EvolutionWrite } from '../unit-write.ts'
import { appendedRows } from './appended-rows.ts'
import type { ChunkWriter } from './chunk-writer.ts'
import { type ErasedRows, Erasures } from './erasures.ts'
import { findInstance } from './evolution-reader.ts'
import { HistoryPlaces } from './history-places.ts'
import { addInstanceRow } from './history-rows.ts'
import type { HistoryWriter } from './history-writer.ts'
import { LogRedactor } from './log-redactor.ts'
import { isSamePlace, type PlacedRow } from './placed-row.ts'
import { RowEraser } from './row-eraser.ts'
import type { TotalsWriter } from './totals-writer.ts'
import { WholeEraser } from './whole-eraser.ts'

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
  readonly erased?: number
}

/** A change on its way: of whose history, when, and as which version. */
interface Evolving {
  readonly id: string
  readonly at: Micros
  readonly version: number
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
  readonly #wholes: WholeEraser
  readonly #erasures: Erasures

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
    this.#wholes = new WholeEraser(database, { ...parts, places: this.#places })
    this.#erasures = new Erasures(database, {
      rows: new RowEraser(database, parts),
      log: new LogRedactor(database, (id, sequence) => this.#wholes.keepDeletions(id, sequence)),
    })
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
        return this.#replaceInstance({ id, at, version }, change)
      case 'deleteInstance':
        return this.#deleteInstance({ id, at, version }, change)
      case 'deleteAttribute': {
        const { attribute, datasetId = '', all } = change
        const what = { attributes: [attribute], ...(!all && { datasetIds: [datasetId] }) }
        return this.#hasSeries(id, what) ? this.#erase({ id, at, version }, what) : undefined
      }
      case 'delete':
        return this.#isThere(id) ? this.#erase({ id, at, version }, {}) : undefined
      case 'erase':
        return this.#isThere(id) || this.#erasures.isLogged(id)
          ? this.#erase({ id, at, version }, change.what)
          : undefined
      default:
        return change satisfies never
    }
  }

  /** Takes notice of a write to the entity itself. */
  written(id: string): void {
    this.#erasures.written(id)
  }

  /**
   * Goes on with what was erased: with the rows of one erasure where a key is given, or with whatever is left, until the
   * time is used up. Answers which rows are gone; undefined: none of these are left.
   */
  eraseMore(milliseconds: number, key?: number): ErasedRows | undefined {
    const erased = this.#erasures.eraseRows(key, milliseconds)
    if (erased === undefined && key === undefined) {
      this.#erasures.redact(milliseconds)
      this.#places.forget()
    }
    this.#totals.flush()
    return erased
  }

  /** Tells whether nothing is left to do, but old pages may still be in the write-ahead log. */
  remains(): boolean {
    return this.#erasures.remains()
  }

  /** Notes that they are not. */
  settled(): void {
    this.#erasures.settled()
  }

  /** Forgets what it learnt: after a rollback some of it may not be so. */
  forget(): void {
    this.#places.forget()
    this.#erasures.forget()
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
    evolving: Evolving,
    { attribute, instanceId, instance }: Change<'replaceInstance'>,
  ): Evolved | undefined {
    const { id, version } = evolving
    const found = findInstance(this.#places, id, { attribute, instanceId })
    if (!found) return undefined
    const row: SqlValue[] = []
    addInstanceRow(row, { attribute, instance: { ...instance, createdAt: found.created }, told: false })
    const [, time, dataset, deleted, ...content] = row
    const moves = time !== found.time || dataset !== found.dataset || found.deleted
    this.#remove(evolving, attribute, found)
    const name = this.#names.intern(attribute)
    const place = [found.subject, name, time ?? 0, dataset ?? '', deleted ?? 0] as const
    this.#totals.erase(found.subject, name, Number(time))
    if (instance.observedAt === undefined) this.#totals.noteTimeless(found.subject, name)
    this.#tables.replace.run(...place, version, ...content, moves ? instanceId : found.instance)
    return {}
  }

  #deleteInstance(
    evolving: Evolving,
    { attribute, instanceId }: Change<'deleteInstance'>,
  ): Evolved | undefined {
    const row = findInstance(this.#places, evolving.id, { attribute, instanceId })
    if (!row) return undefined
    this.#remove(evolving, attribute, row)
    return { erased: 1 }
  }

  #isThere(id: string): boolean {
    return this.#tables.head.get(id) !== undefined || this.#places.hasRows(this.#places.subjects(id))
  }

  #hasSeries(
    id: string,
    { attributes: [attribute = ''], datasetIds }: Required<Pick<PastSelection, 'attributes'>> & PastSelection,
  ): boolean {
    const subjects = this.#places.subjects(id)
    const isMeant = ({ dataset }: PlacedRow): boolean => datasetIds?.includes(dataset) ?? true
    if (this.#places.wholes(subjects, attribute).some(isMeant)) return true
    const name = this.#names.find(attribute)
    const dataset = datasetIds?.[0] ?? null
    return name !== undefined && subjects.some((one) => this.#tables.any.get(one, name, dataset))
  }

  /** Erases what is selected: of rows as many as the time allows, the rest in steps. */
  #erase({ id, at, version }: Evolving, what: PastSelection): Evolved {
    const subjects = this.#places.subjects(id)
    const told = this.#wholes.erase(subjects, what, version)
    if (isEverything(what)) {
      for (const statement of [this.#tables.deleteLives, this.#tables.deleteHead, this.#tables.deleteTypes]) {
        statement.run(id)
      }
    }
    return { erased: told + this.#erasures.begin(id, { what, version, at }, subjects) }
  }

  /** Takes away what is in a place, in all lives of the id, so that nothing tells of it any more. */
  #remove({ id, at, version }: Evolving, attribute: Iri, row: PlacedRow): void {
    const subjects = this.#places.subjects(id)
    const name = this.#names.find(attribute)
    const { time, dataset, deleted } = row
    for (const subject of name === undefined ? [] : subjects) {
      if (row.observed) this.#totals.erase(subject, name ?? 0, time)
      else this.#chunks.open(subject, name ?? 0, time)
      this.#tables.deletePlace.run(subject, name ?? null, time, dataset, Number(deleted))
    }
    for (const told of this.#places.wholes(subjects, attribute)) {
      if (isSamePlace(told, row)) this.#wholes.bury(attribute, told, version)
    }
    // of a deletion the log tells no value
    if (!deleted) {
      this.#erasures.begin(id, { what: placeSelection(attribute, dataset, time), version, at }, [])
    }
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
    deleteLives: prepare(database, 'DELETE FROM life WHERE id = ?'),
    deleteHead: prepare(database, 'DELETE FROM evolution WHERE id = ?'),
    deleteTypes: prepare(database, 'DELETE FROM evolution_type WHERE id = ?'),
  }
}
