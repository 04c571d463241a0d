import { LRUCache } from 'lru-cache'
import { instanceOf } from '../../core/merge/attributes.ts'
import type { Instance } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import { Problem } from '../../core/model/problem.ts'
import type { Micros } from '../../core/model/time.ts'
import { compareText } from '../../core/query/compare-text.ts'
import { canonicalInstance } from '../port/canonical.ts'
import { parseEntity } from '../port/change.ts'
import type { Database } from './connection.ts'
import { TOMBSTONE } from './history-rows.ts'
import { ALL_ATTRIBUTES } from './history-writer.ts'
import type { Names } from './names.ts'
import {
  byKey,
  FIRST,
  isIn,
  isOrdered,
  isSamePlace,
  keyIn,
  LAST,
  latest,
  type PlacedRow,
  type PlaceWindow,
  plainText,
} from './placed-row.ts'
import { prepare, prepareLists, type Statement } from './statements.ts'
import { type WholePart, type WholeRecord, wholeParts } from './whole-parts.ts'

/** Which rows of an attribute to read: in the order of the window's property. */
export interface RowRange {
  readonly window?: PlaceWindow
  readonly order: 'oldest' | 'newest'
  readonly limit: number
}

type Columns = readonly [
  time: number,
  value: number | null,
  created: number,
  modified: number,
  source: number,
  rest: string | null,
]

/** What rows of plain numbers by observedAt rarely have: each column of each row costs more than to parse it now and then. */
type Rest = readonly [
  dataset: string,
  deleted: number,
  observed: number,
  text: string | null,
  unit: string | null,
  instance: string | null,
]

/** Rows that a window may look at one by one where no index has their order. */
const MOST_ROWS = 100_000
/** Characters of parsed log records that are kept at hand, and what each instance takes besides its text. */
const PARSED = 2_000_000
const OVERHEAD = 300

/**
 * Reads what history has of an entity by place. An entity has several subjects where it was created again; what came or
 * went with it as a whole is told by log records alone.
 */
export class HistoryPlaces {
  readonly #database: Database
  readonly #names: Names
  readonly #statements: ReturnType<typeof statements>
  readonly #ranges = new Map<string, Statement<Columns>>()
  /** Log records never change. */
  readonly #parsed = new LRUCache<number, readonly WholePart[]>({
    maxSize: PARSED,
    sizeCalculation: (parts) =>
      parts.reduce((sum, { row }) => sum + (row.text?.length ?? 0) + OVERHEAD, OVERHEAD),
  })

  constructor(database: Database, names: Names) {
    this.#database = database
    this.#names = names
    this.#statements = statements(database)
  }

  /** Forgets log records that a rollback took back. */
  forget(): void {
    this.#parsed.clear()
  }

  /** Answers all keys that an id had. */
  subjects(id: string): readonly number[] {
    return this.#statements.subjects.all(id).map(({ subject }) => subject)
  }

  /** Tells whether history has anything of one of these. */
  hasRows(subjects: readonly number[]): boolean {
    return subjects.some((subject) => this.#statements.any.get(subject) !== undefined)
  }

  /** Answers the names of all attributes that history has something of, by code point. */
  attributes(subjects: readonly number[]): readonly Iri[] {
    const names = new Set<Iri>()
    for (const subject of subjects) {
      for (const { iri } of this.#statements.attributes.all(subject)) names.add(iri)
      for (const { attribute } of this.#wholes(subject)) names.add(attribute)
    }
    return [...names].sort(compareText)
  }

  /** Answers what there is of an attribute. @throws Problem TooComplexQuery */
  read(subjects: readonly number[], attribute: Iri, range: RowRange): readonly PlacedRow[] {
    const keyOf = keyIn(range.window)
    const inWindow = (row: PlacedRow) => isIn(keyOf(row), range.window)
    const told = this.wholes(subjects, attribute)
    const wholes = told.filter(inWindow)
    const limit = range.limit + wholes.length // as many may turn out to be in the same place
    const name = this.#names.find(attribute)
    const lists = name === undefined ? [] : subjects.map((one) => this.#rows(one, name, { ...range, limit }))
    const some = lists.filter((list) => list.length > 0)
    const [only = []] = some
    const single = told.length === 0 && subjects.length < 2
    const merged = single ? only : latest([...wholes, ...some.flat()])
    const isLast = (row: PlacedRow) => !this.#isLater(row, { subjects, attribute, told })
    const rows = single || isOrdered(range.window) ? merged : merged.filter(isLast)
    const sorted = single && isOrdered(range.window) ? rows : rows.toSorted(byKey(keyOf, range.order))
    return sorted.length > range.limit ? sorted.slice(0, range.limit) : sorted
  }

  /** Answers what log records alone tell of an attribute: it came or went with the entity. */
  wholes(subjects: readonly number[], attribute: Iri): readonly PlacedRow[] {
    const wholes = subjects
      .flatMap((subject) => this.#wholes(subject))
      .filter((one) => one.attribute === attribute)
    return wholes.map(({ row }) => row).filter((row) => !this.#isOverridden(row, attribute))
  }

  /** Tells whether another life of the entity has something in the same place. */
  isTwice(subjects: readonly number[], attribute: Iri, row: PlacedRow): boolean {
    const elsewhere = subjects.filter((subject) => subject !== row.subject)
    const told = this.wholes(elsewhere, attribute).some((other) => isSamePlace(other, row))
    return told || elsewhere.some((subject) => this.#isOverridden({ ...row, subject, source: 0 }, attribute))
  }

  /** Answers where the instance is that kept this id when it moved there. */
  movedTo(subjects: readonly number[], attribute: Iri, instance: string): Micros | undefined {
    const name = this.#names.find(attribute) ?? null
    const rows = subjects.map((subject) => this.#statements.moved.get(subject, instance, name))
    return rows.find((row) => row !== undefined)?.time
  }

  /** Answers the text of an instance. */
  textOf({ text, value, source, ...row }: PlacedRow, attribute: Iri): string {
    if (text !== null) return text
    const datasetId = row.dataset === '' ? undefined : row.dataset
    return value === null
      ? canonicalInstance(this.#told(source, attribute, datasetId))
      : plainText(value, datasetId, row)
  }

  #told(source: number, attribute: Iri, datasetId: string | undefined): Instance {
    const text = this.#statements.source.get(source)?.after
    const instance = text ? instanceOf(parseEntity(text).attributes, attribute, datasetId) : undefined
    if (!instance) throw new Error('History names a log record without the instance')
    return instance
  }

  #rows(subject: number, attribute: number, { window, order, limit }: RowRange): readonly PlacedRow[] {
    const { from = FIRST, to = LAST } = window ?? {}
    const ordered = isOrdered(window)
    const text = rangeSql(window, order)
    const statement = this.#ranges.get(text) ?? prepareLists<Columns>(this.#database, text)
    this.#ranges.set(text, statement)
    const most = ordered ? Math.min(limit, Number.MAX_SAFE_INTEGER) : MOST_ROWS + 1
    const rows = statement.all(subject, attribute, from, to, most)
    if (!ordered && rows.length > MOST_ROWS) {
      const what = `Window by ${window?.property} holds more than ${MOST_ROWS} instances of one attribute`
      throw new Problem('TooComplexQuery', what)
    }
    return rows.map((row) => placedRow(subject, row))
  }

  #wholes(subject: number): readonly WholePart[] {
    return this.#statements.whole.all(subject).flatMap(({ source }) => {
      const known = this.#parsed.get(source)
      if (known) return known
      const record = this.#statements.record.get(source)
      const parts = record ? wholeParts({ subject, source }, record) : []
      this.#parsed.set(source, parts)
      return parts
    })
  }

  /** Whether something later is in the same place, which may be outside of a window by times of the system. */
  #isLater(
    row: PlacedRow,
    {
      subjects,
      attribute,
      told,
    }: { subjects: readonly number[]; attribute: Iri; told: readonly PlacedRow[] },
  ): boolean {
    return (
      told.some((other) => other.source > row.source && isSamePlace(other, row)) ||
      subjects.some(
        (subject) => subject !== row.subject && this.#isOverridden({ ...row, subject }, attribute),
      )
    )
  }

  /** A tombstone, or what was written to the same place later. */
  #isOverridden({ subject, time, dataset, deleted, source }: PlacedRow, attribute: Iri): boolean {
    const name = this.#names.find(attribute)
    if (name === undefined) return false
    const there = this.#statements.there.get(subject, name, time, dataset, Number(deleted))
    return there !== undefined && there.source > source
  }
}

function placedRow(subject: number, [time, value, created, modified, source, rest]: Columns): PlacedRow {
  const [dataset, deleted, observed, text, unit, instance]: Rest = rest === null ? NO_REST : JSON.parse(rest)
  const flags = { deleted: deleted === 1, observed: observed === 1 }
  return { subject, time, dataset, source, text, value, created, modified, unit, instance, ...flags }
}

const NO_REST: Rest = ['', 0, 1, null, null, null]
const REST = `dataset = '' AND deleted = 0 AND observed = 1 AND text IS NULL AND unit IS NULL AND instance IS NULL`
const ROW = `time, value, created, modified, source,
  CASE WHEN ${REST} THEN NULL ELSE json_array(dataset, deleted, observed, text, unit, instance) END`
const REAL = `(text IS NULL OR text <> '${TOMBSTONE}')`

function rangeSql(window: PlaceWindow | undefined, order: 'oldest' | 'newest'): string {
  const direction = order === 'oldest' ? 'ASC' : 'DESC'
  const place = ['time', 'dataset', 'deleted'].map((column) => `${column} ${direction}`).join(', ')
  return `SELECT ${ROW} FROM history WHERE subject = ? AND attribute = ? AND ${conditionOf(window)} AND ${REAL}
    ${isOrdered(window) ? `ORDER BY ${place}` : ''} LIMIT ? + 0`
}

function conditionOf(window: PlaceWindow | undefined): string {
  switch (window?.property) {
    case 'observedAt':
      return 'time >= ? AND time < ? AND observed = 1'
    case 'deletedAt':
      return 'time >= ? AND time < ? AND deleted = 1'
    case 'createdAt':
      return 'created >= ? AND created < ?'
    case 'modifiedAt':
      return 'modified >= ? AND modified < ?'
    default:
      return 'time >= ? AND time < ?'
  }
}

function statements(database: Database) {
  return {
    subjects: prepare<{ subject: number }>(
      database,
      'SELECT key AS subject FROM entity WHERE id = ?1 UNION SELECT subject FROM life WHERE id = ?1',
    ),
    any: prepare(database, 'SELECT 1 FROM history WHERE subject = ? LIMIT 1'),
    attributes: prepare<{ iri: Iri }>(
      database,
      `WITH RECURSIVE found (key) AS (
        SELECT min(attribute) FROM history WHERE subject = ?1 AND attribute > ${ALL_ATTRIBUTES}
        UNION ALL SELECT (SELECT min(attribute) FROM history WHERE subject = ?1 AND attribute > found.key)
        FROM found WHERE found.key IS NOT NULL)
      SELECT name.iri FROM found JOIN name ON name.key = found.key`,
    ),
    whole: prepare<{ source: number }>(
      database,
      `SELECT source FROM history WHERE subject = ? AND attribute = ${ALL_ATTRIBUTES}`,
    ),
    record: prepare<WholeRecord>(
      database,
      `SELECT log.action, log.at, CASE log.action WHEN 'deleted' THEN earlier.after ELSE log.after END AS text
      FROM log LEFT JOIN log AS earlier ON earlier.sequence = log.before WHERE log.sequence = ?`,
    ),
    there: prepare<{ source: number }>(
      database,
      'SELECT source FROM history WHERE subject = ? AND attribute = ? AND time = ? AND dataset = ? AND deleted = ?',
    ),
    moved: prepare<{ time: Micros }>(
      database,
      'SELECT time FROM history WHERE subject = ? AND instance = ? AND attribute = ?',
    ),
    source: prepare<{ after: string | null }>(database, 'SELECT after FROM log WHERE sequence = ?'),
  }
}
