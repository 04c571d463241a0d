import type { Iri } from '../../../core/model/iri.ts'
import type { Micros } from '../../../core/model/time.ts'
import { keyParts, type MovedDocument, type MovedEntity, type Provisioned } from '../../port/moved-store.ts'
import type { Database } from '../connection.ts'
import { prepare } from '../statements.ts'

interface EntityRow {
  readonly id: string
  readonly key: number | null
  readonly version: number | null
  readonly text: string | null
  readonly life: number | null
  readonly evolved: number
  readonly types: string | null
  readonly scopes: string | null
  readonly created: Micros
  readonly modified: Micros
  readonly deleted: Micros | null
  readonly last: string | null
}

interface DocumentRow {
  readonly collection: MovedDocument['collection']
  readonly id: string
  readonly version: number
  readonly text: string
  readonly expires: Micros | null
}

/** Reads all that a file keeps of its tenant, as a hub is moved from it. */
export class MovedRows {
  readonly #tables: ReturnType<typeof tables>

  constructor(database: Database) {
    this.#tables = tables(database)
  }

  /** Answers entities behind an id, and what is left of such. */
  entities(after: string, limit: number): readonly MovedEntity[] {
    return this.#tables.entities.all(after, limit).map((row) => this.#entity(row))
  }

  /** Answers documents behind this one that do not expire by then. */
  documents(after: string, limit: number, by: Micros): readonly MovedDocument[] {
    const rows = this.#tables.documents.all(...keyParts(after), by, limit)
    return rows.map(({ expires, ...document }) => ({
      ...document,
      ...(expires !== null && { expiresAt: expires }),
    }))
  }

  /** Counts series of which totals alone tell something. */
  condensedSeries(): number {
    return this.#tables.condensed.get()?.count ?? 0
  }

  /** Tells whether an erasure is under way. */
  isErasing(): boolean {
    return this.#tables.erasing.get() !== undefined
  }

  #entity(row: EntityRow): MovedEntity {
    const { id, key, version, text, life, evolved, deleted, last } = row
    const erased = this.#tables.erased.all(id)
    const provisioned = provisionedOf(row)
    return {
      id,
      place: key ?? life ?? 0,
      version: version ?? key ?? life ?? 0,
      ...(text !== null && { text }),
      evolved: evolved === 1,
      ...(provisioned && { provisioned }),
      ...(text === null &&
        deleted !== null && { deleted: { at: deleted, ...(last !== null && { text: last }) } }),
      ...(erased.length > 0 && {
        erased: erased.map(({ what, ...erasure }) => ({ ...erasure, what: JSON.parse(what) })),
      }),
    }
  }
}

function provisionedOf({ types, scopes, created, modified }: EntityRow): Provisioned | undefined {
  if (types === null) return undefined
  const given: readonly Iri[] = JSON.parse(types)
  return {
    types: given,
    ...(scopes !== null && { scopes: JSON.parse(scopes) }),
    createdAt: created,
    modifiedAt: modified,
  }
}

function tables(database: Database) {
  const kept = ['history', 'chunk', 'condensed'].map(
    (table) => `EXISTS (SELECT 1 FROM ${table} WHERE subject = entity.key)`,
  )
  return {
    entities: prepare<EntityRow>(
      database,
      `SELECT ids.id, entity.key, entity.version, log.after AS text,
        (SELECT max(subject) FROM life WHERE life.id = ids.id) AS life,
        evolution.id IS NOT NULL OR ${kept.join(' OR ')} AS evolved,
        types, scopes, created, modified, deleted, former.after AS last
      FROM (SELECT id FROM entity WHERE id > ?1 UNION SELECT id FROM evolution WHERE id > ?1 ORDER BY id LIMIT ?2 + 0) AS ids
      LEFT JOIN entity ON entity.id = ids.id LEFT JOIN log ON log.sequence = entity.version
      LEFT JOIN evolution ON evolution.id = ids.id LEFT JOIN log AS former ON former.sequence = evolution.last
      ORDER BY ids.id`,
    ),
    erased: prepare<{ version: number; at: Micros; what: string }>(
      database,
      'SELECT key AS version, at, what FROM erasure WHERE id = ? ORDER BY key',
    ),
    erasing: prepare(database, 'SELECT 1 FROM erasure WHERE waits = 0 LIMIT 1'),
    condensed: prepare<{ count: number }>(database, 'SELECT count(*) AS count FROM condensed'),
    documents: prepare<DocumentRow>(
      database,
      `SELECT collection, id, version, text, expires FROM document
      WHERE (collection, id) > (?1, ?2) AND (expires IS NULL OR expires > ?3) ORDER BY collection, id LIMIT ?4 + 0`,
    ),
  }
}
