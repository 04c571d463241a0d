import { LRUCache } from 'lru-cache'
import { wholeChange } from '../../core/merge/settle.ts'
import type { AttributeChange, LogRecord } from '../../core/model/change.ts'
import type { AttributeKind } from '../../core/model/entity.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { Micros } from '../../core/model/time.ts'
import { parseEntity } from '../port/change.ts'
import type { CondensedSeries, EvolutionHead, EvolutionQuery, TimeRange } from '../port/evolution.ts'
import type { Counters, DocumentUnit, PlacedEntity, StoredDocument, StoredEntity } from '../port/store.ts'
import type { Database } from './connection.ts'
import { condensedSeriesReader } from './history/condensed-series.ts'
import { ErasureState } from './history/erasure-state.ts'
import { headReader } from './history/evolution-heads.ts'
import { HistoryPlaces } from './history/history-places.ts'
import type { RollUpDays } from './history/roll-ups.ts'
import { type TotalsReader, totalsReader } from './history/totals-reader.ts'
import { Names } from './names.ts'
import type { PageSql } from './query/query-entities.ts'
import type { Sql } from './query/sql.ts'
import { prepare, prepareLists, type SqlValue, type Statement } from './statements.ts'

const COMPOSED = 300

type Collection = DocumentUnit['collection']

interface LogRow {
  readonly sequence: number
  readonly collection: LogRecord['collection']
  readonly id: string
  readonly action: LogRecord['action']
  readonly at: Micros
  readonly by: string
  readonly request: string | null
  readonly before: string | null
  readonly after: string | null
  readonly attributes: string | null
}

interface DocumentRow {
  readonly id: string
  readonly version: number
  readonly text: string
}

type Statements<Row> = LRUCache<string, Statement<Row>>
type EntityRow = readonly [id: string, version: number, text: string]
type PlacedRow = readonly [key: number, id: string, version: number, text: string | null]

/** Reads one tenant's file over one read-only connection; never waits for the writer. */
export class TenantReader {
  readonly names: Names
  readonly #database: Database
  readonly #statements: ReturnType<typeof statements>
  readonly places: HistoryPlaces
  readonly erasures: ErasureState
  /** Heads of all that has a history, ascending by id. */
  readonly evolutions: (query: EvolutionQuery) => readonly EvolutionHead[]
  /** Attributes of which totals alone tell something. */
  readonly condensed: (id: string, range: TimeRange) => readonly CondensedSeries[]
  /** Totals of plain numbers by period. */
  readonly aggregates: TotalsReader
  readonly #composed: Statements<readonly SqlValue[]>
  readonly #placed: Statements<PlacedRow>
  readonly #plans = new LRUCache<string, PageSql>({ max: COMPOSED })
  #planned = -1

  constructor(database: Database) {
    this.names = new Names(database)
    this.#database = database
    this.#statements = statements(database)
    this.places = new HistoryPlaces(database, this.names)
    this.erasures = new ErasureState(database)
    this.evolutions = headReader(database, this)
    this.condensed = condensedSeriesReader(database, this.places)
    this.aggregates = totalsReader(database, this.places, this.names)
    this.#composed = new LRUCache({ max: COMPOSED, memoMethod: (text) => prepareLists(database, text) })
    this.#placed = new LRUCache({
      max: COMPOSED,
      memoMethod: (keys) => prepareLists(database, placedSql(keys)),
    })
  }

  close(): void {
    this.#database.close()
  }

  /** Runs reads that must all see the same state of the file. */
  inOneState<T>(reads: () => T): T {
    this.#statements.begin.run()
    try {
      return reads()
    } finally {
      this.#statements.end.run()
    }
  }

  /** Answers the rows of a composed query, each a list of its columns; its text is compiled once. */
  all<Row extends readonly SqlValue[]>({ text, values }: Sql): readonly Row[] {
    return this.#composed.memo(text).all(...values) as readonly Row[] // the caller writes the SQL and the row type side by side
  }

  /** Forgets what was learnt of texts and indexes: they are others, though nobody wrote anything. */
  forget(): void {
    this.#plans.clear()
    this.places.forget()
  }

  /** Answers the plan of that name; made again when something was written since, as its estimates may be wrong. */
  planned(name: string, make: () => PageSql): PageSql {
    const generation = this.generation()
    if (this.#planned !== generation) this.#plans.clear()
    this.#planned = generation
    const plan = this.#plans.get(name) ?? make()
    this.#plans.set(name, plan)
    return plan
  }

  /** Answers the entities whose keys a composed query selects, in the order of the keys. */
  placed({ text, values }: Sql): readonly PlacedEntity[] {
    return this.#placed
      .memo(text)
      .all(...values)
      .map(placedEntity)
  }

  /** Answers when the first part of any entity expires, or did and was not yet reaped; undefined: nothing does. */
  earliestExpiry(): Micros | undefined {
    return this.#statements.earliestExpiry.get()?.expires
  }

  /** Answers entities of which something has expired at this instant, the first to expire first. */
  expired(now: Micros, limit: number): readonly string[] {
    return this.#statements.expired.all(now, limit).map(({ id }) => id)
  }

  /** Tells whether days are to be summed up or packed. */
  isDue({ finished, packed }: RollUpDays): boolean {
    return this.#statements.due.get(finished, packed) !== undefined
  }

  countAll(): number {
    return this.state('entities')
  }

  /** Answers how many entities there are, by their counter, or documents of a collection, with those just expired. */
  countOfCollection(collection: string): number {
    return collection === 'entity'
      ? this.countAll()
      : (this.#statements.documentCount.get(collection)?.documents ?? 0)
  }

  countOf(type: string): number {
    return this.#statements.typeCount.get(type)?.entities ?? 0
  }

  /** Answers the last sequence that a commit gave: whoever reads the same one again reads the same. */
  generation(): number {
    return this.state('sequence')
  }

  /** Answers a number that is kept under a name; 0: none is. */
  state(name: string): number {
    return this.#statements.state.get(name)?.value ?? 0
  }

  read(id: string): StoredEntity | undefined {
    const row = this.#statements.entity.get(id)
    return row && storedEntity(row)
  }

  readMany(ids: readonly string[]): readonly StoredEntity[] {
    const readAll = () => ids.map((id) => this.read(id)).filter((entity) => entity !== undefined)
    return ids.length < 2 ? readAll() : this.inOneState(readAll)
  }

  log(after: number, limit: number): readonly LogRecord[] {
    return this.#statements.log.all(after, limit).map(logRecord)
  }

  document(collection: Collection, id: string, now: Micros): StoredDocument | undefined {
    const row = this.#statements.document.get(collection, id, now)
    return row && storedDocument(row)
  }

  documents(
    collection: Collection,
    { after, limit }: { readonly after?: string; readonly limit: number },
    now: Micros,
  ): readonly StoredDocument[] {
    return this.#statements.documents.all(collection, after ?? '', now, limit).map(storedDocument)
  }

  /** Tells whether any document is to expire. */
  documentsExpire(): boolean {
    return this.#statements.expiring.get() !== undefined
  }

  counters(): Counters {
    const types = new Map(this.#statements.types.all().map(({ type, entities }) => [type, entities]))
    const attributes = new Map<string, Map<string, number>>()
    for (const { attribute, type, entities } of this.#statements.attributes.all()) {
      const ofAttribute = attributes.get(attribute) ?? new Map<string, number>()
      attributes.set(attribute, ofAttribute.set(type, entities))
    }
    const kinds = new Map<string, Map<string, Set<AttributeKind>>>()
    for (const { attribute, type, kind } of this.#statements.kinds.all()) {
      const ofAttribute = kinds.get(attribute) ?? new Map<string, Set<AttributeKind>>()
      kinds.set(attribute, ofAttribute.set(type, (ofAttribute.get(type) ?? new Set()).add(kind)))
    }
    const instances = new Map(
      this.#statements.instances.all().map(({ attribute, instances: count }) => [attribute, count]),
    )
    return { types, attributes, kinds, instances }
  }
}

function logRecord(row: LogRow): LogRecord {
  return {
    sequence: row.sequence,
    collection: row.collection,
    id: row.id,
    action: row.action,
    at: row.at,
    origin: { by: row.by, ...(row.request !== null && { requestId: row.request }) },
    ...(row.before !== null && { before: JSON.parse(row.before) }),
    ...(row.after !== null && { after: JSON.parse(row.after) }),
    ...((row.collection === 'entity' || row.collection === 'evolution') && {
      attributes: attributeChanges(row),
    }),
  }
}

// Where an entity came or went as a whole its text says what that means for each attribute.
function attributeChanges({ action, at, before, after, attributes }: LogRow): readonly AttributeChange[] {
  if (attributes !== null) return JSON.parse(attributes)
  const text = action === 'created' ? after : before
  return text === null || action === 'updated' ? [] : wholeChange(action, parseEntity(text), at).attributes
}

function storedDocument({ id, version, text }: DocumentRow): StoredDocument {
  const document: JsonObject = JSON.parse(text)
  return { id, version, document }
}

function storedEntity([id, version, text]: EntityRow): StoredEntity {
  return { id, version, text }
}

function placedEntity([key, id, version, text]: PlacedRow): PlacedEntity {
  if (text === null) throw new Error(`Entity with key ${key} is in an index only`)
  return { id, version, text, place: String(key) }
}

/** Selects the entities whose keys a query selects, in the order of the keys. */
export function placedSql(keys: string): string {
  return `SELECT k.key, entity.id, entity.version, log.after FROM (${keys}) AS k
    LEFT JOIN entity ON entity.key = k.key LEFT JOIN log ON log.sequence = entity.version ORDER BY k.key`
}

function statements(database: Database) {
  return {
    begin: prepare(database, 'BEGIN'),
    end: prepare(database, 'COMMIT'),
    state: prepare<{ value: number }>(database, 'SELECT value FROM state WHERE name = ?'),
    documentCount: prepare<{ documents: number }>(
      database,
      'SELECT count(*) AS documents FROM document WHERE collection = ?',
    ),
    typeCount: prepare<{ entities: number }>(
      database,
      'SELECT entities FROM type_count WHERE type = (SELECT key FROM name WHERE iri = ?)',
    ),
    entity: prepareLists<EntityRow>(
      database,
      `SELECT entity.id, entity.version, log.after
      FROM entity JOIN log ON log.sequence = entity.version WHERE entity.id = ?`,
    ),
    earliestExpiry: prepare<{ expires: Micros }>(
      database,
      'SELECT expires FROM entity WHERE expires IS NOT NULL ORDER BY expires LIMIT 1',
    ),
    expired: prepare<{ id: string }>(
      database,
      'SELECT id FROM entity WHERE expires <= ? ORDER BY expires LIMIT ? + 0',
    ),
    log: prepare<LogRow>(
      database,
      `SELECT log.sequence, log.collection, log.id, log.action, log.at, log.by, log.request,
        earlier.after AS before, log.after, log.attributes
      FROM log LEFT JOIN log AS earlier ON earlier.sequence = log.before
      WHERE log.sequence > ? ORDER BY log.sequence LIMIT ? + 0`,
    ),
    document: prepare<DocumentRow>(
      database,
      `SELECT id, version, text FROM document
      WHERE collection = ? AND id = ? AND (expires IS NULL OR expires > ?)`,
    ),
    documents: prepare<DocumentRow>(
      database,
      `SELECT id, version, text FROM document
      WHERE collection = ? AND id > ? AND (expires IS NULL OR expires > ?) ORDER BY id LIMIT ? + 0`,
    ),
    expiring: prepare(database, 'SELECT 1 FROM document WHERE expires IS NOT NULL LIMIT 1'),
    due: prepare(database, 'SELECT 1 FROM dirty WHERE day < ? UNION ALL SELECT 1 FROM ripe WHERE day < ?'),
    types: prepare<{ type: string; entities: number }>(
      database,
      'SELECT iri AS type, entities FROM type_count JOIN name ON name.key = type WHERE entities > 0',
    ),
    attributes: prepare<{ attribute: string; type: string; entities: number }>(
      database,
      `SELECT a.iri AS attribute, t.iri AS type, entities FROM attribute_count
      JOIN name AS a ON a.key = attribute JOIN name AS t ON t.key = type WHERE entities > 0`,
    ),
    kinds: prepare<{ attribute: string; type: string; kind: AttributeKind }>(
      database,
      `SELECT a.iri AS attribute, t.iri AS type, kind FROM kind_count
      JOIN name AS a ON a.key = attribute JOIN name AS t ON t.key = type WHERE instances > 0`,
    ),
    instances: prepare<{ attribute: string; instances: number }>(
      database,
      `SELECT iri AS attribute, instances FROM kind_count
      JOIN name ON name.key = attribute WHERE type = 0 AND instances > 0`,
    ),
  }
}
