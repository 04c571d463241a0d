import { LRUCache } from 'lru-cache'
import { instanceOf } from '../../../core/merge/attributes.ts'
import type { Instance } from '../../../core/model/entity.ts'
import type { Iri } from '../../../core/model/iri.ts'
import type { Micros } from '../../../core/model/time.ts'
import { compareText } from '../../../core/query/compare-text.ts'
import { canonicalInstance } from '../../port/canonical.ts'
import { parseEntity } from '../../port/change.ts'
import type { Database } from '../connection.ts'
import type { Names } from '../names.ts'
import { prepare } from '../statements.ts'
import { ALL_ATTRIBUTES } from './history-writer.ts'
import {
  byKey,
  isIn,
  isOrdered,
  isSamePlace,
  keyIn,
  latest,
  type PlacedRow,
  plainText,
  type RowPlace,
  type RowRange,
} from './placed-row.ts'
import { SeriesRows } from './series-rows.ts'
import { type WholePart, type WholeRecord, wholeParts } from './whole-parts.ts'

const NONE_MOVED: ReadonlyMap<string, Micros> = new Map()
/** Characters of parsed log records that are kept at hand, and what each instance takes besides its text. */
const PARSED = 2_000_000
const OVERHEAD = 300

/**
 * Reads what history has of an entity by place. An entity has several subjects where it was created again; what came or
 * went with it as a whole is told by log records alone.
 */
export class HistoryPlaces {
  /** What it has in rows of their own. */
  readonly rows: SeriesRows
  readonly #names: Names
  readonly #statements: ReturnType<typeof statements>
  /** Log records never change. */
  readonly #parsed = new LRUCache<number, readonly WholePart[]>({
    maxSize: PARSED,
    sizeCalculation: (parts) =>
      parts.reduce((sum, { row }) => sum + (row.text?.length ?? 0) + OVERHEAD, OVERHEAD),
  })

  constructor(database: Database, names: Names) {
    this.#names = names
    this.#statements = statements(database)
    this.rows = new SeriesRows(database)
  }

  /** Forgets what a rollback took back. */
  forget(): void {
    this.rows.forget()
    this.#parsed.clear()
  }

  /** Answers all keys that an id had. */
  subjects(id: string): readonly number[] {
    return this.#statements.subjects.all(id).map(({ subject }) => subject)
  }

  /** Tells whether history has anything of one of these, be it in totals alone. */
  hasRows(subjects: readonly number[]): boolean {
    return subjects.some(
      (subject) => this.rows.has(subject) || this.#statements.condensed.get(subject) !== undefined,
    )
  }

  /** Answers the names of all attributes that history has something of, by code point. */
  attributes(subjects: readonly number[]): readonly Iri[] {
    const names = new Set<Iri>()
    for (const subject of subjects) {
      for (const attribute of this.rows.attributes(subject)) names.add(attribute)
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
    const lists =
      name === undefined
        ? []
        : subjects.map((subject) => this.rows.read({ subject, attribute: name }, { ...range, limit }))
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
    return wholes.map(({ row }) => row).filter((row) => !this.isOverridden(row, attribute))
  }

  /** Tells whether a tombstone, or what was written later, is in a place. */
  isOverridden({ subject, time, dataset, deleted, source }: RowPlace, attribute: Iri): boolean {
    const name = this.#names.find(attribute)
    if (name === undefined) return false
    const there = this.rows.sourceAt({ subject, attribute: name }, { time, dataset, deleted })
    return there !== undefined && there > source
  }

  /** Answers what lies over what came or went with an entity as a whole; undefined: nothing does. */
  over(row: RowPlace, attribute: Iri): PlacedRow | 'tombstone' | undefined {
    const name = this.#names.find(attribute)
    if (name === undefined || !this.isOverridden(row, attribute)) return undefined
    return this.rows.rowAt({ subject: row.subject, attribute: name }, row) ?? 'tombstone'
  }

  /** Answers all that came or went with one life of an entity as a whole, also what something else lies over. */
  parts(subject: number): readonly WholePart[] {
    return this.#wholes(subject)
  }

  /** Tells whether nothing lies over what came or went with an entity as a whole. */
  tells({ attribute, row }: WholePart): boolean {
    return !this.isOverridden(row, attribute)
  }

  /** Tells whether another life of the entity has something in the same place. */
  isTwice(subjects: readonly number[], attribute: Iri, row: RowPlace): boolean {
    if (subjects.length < 2) return false
    const elsewhere = subjects.filter((subject) => subject !== row.subject)
    const told = this.wholes(elsewhere, attribute).some((other) => isSamePlace(other, row))
    return told || elsewhere.some((subject) => this.isOverridden({ ...row, subject, source: 0 }, attribute))
  }

  /** Answers where instances are that kept their ids when they moved there, by these ids. */
  moved(subjects: readonly number[], attribute: Iri): ReadonlyMap<string, Micros> {
    const name = this.#names.find(attribute)
    if (name === undefined) return NONE_MOVED
    const rows = subjects.flatMap((subject) => this.#statements.moved.all(subject, name))
    return rows.length === 0 ? NONE_MOVED : new Map(rows.map(({ instance, time }) => [instance, time]))
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
      subjects.some((subject) => subject !== row.subject && this.isOverridden({ ...row, subject }, attribute))
    )
  }
}

function statements(database: Database) {
  return {
    subjects: prepare<{ subject: number }>(
      database,
      'SELECT key AS subject FROM entity WHERE id = ?1 UNION SELECT subject FROM life WHERE id = ?1',
    ),
    condensed: prepare(database, 'SELECT 1 FROM condensed WHERE subject = ? LIMIT 1'),
    whole: prepare<{ source: number }>(
      database,
      `SELECT source FROM history WHERE subject = ? AND attribute = ${ALL_ATTRIBUTES}`,
    ),
    record: prepare<WholeRecord>(
      database,
      `SELECT log.action, log.at, CASE log.action WHEN 'deleted' THEN earlier.after ELSE log.after END AS text
      FROM log LEFT JOIN log AS earlier ON earlier.sequence = log.before WHERE log.sequence = ?`,
    ),
    moved: prepare<{ instance: string; time: Micros }>(
      database,
      'SELECT instance, time FROM history WHERE subject = ? AND instance IS NOT NULL AND attribute = ?',
    ),
    source: prepare<{ after: string | null }>(database, 'SELECT after FROM log WHERE sequence = ?'),
  }
}
