import type { Instance } from '../../../core/model/entity.ts'
import type { Iri } from '../../../core/model/iri.ts'
import { SCOPE } from '../../../core/model/temporal.ts'
import { DAY, type Micros } from '../../../core/model/time.ts'
import { type Horizon, horizonOf, type RetentionRule } from '../../../core/temporal/retention.ts'
import { dayOf, FIRST } from '../../port/days.ts'
import type { Database } from '../connection.ts'
import type { Names } from '../names.ts'
import { prepare, type SqlValue } from '../statements.ts'
import { HistoryPlaces } from './history-places.ts'
import { addInstanceRow } from './history-rows.ts'
import { ALL_ATTRIBUTES, type HistoryWriter } from './history-writer.ts'
import { SeriesCondenser } from './series-condenser.ts'
import type { WholePart } from './whole-parts.ts'

/** What a step of retention is told. */
export interface RetentionStep {
  readonly rules: readonly RetentionRule[]
  readonly now: Micros
  /** Where the step before ended; 0: at the beginning. */
  readonly after: number
}

type HorizonOf = (attribute: Iri) => Horizon | undefined

/**
 * Removes from the history of one tenant what rules keep no longer, life by life of its entities. What the entities are now
 * stays as it is.
 */
export class RetentionWriter {
  readonly #names: Names
  readonly #history: HistoryWriter
  readonly #places: HistoryPlaces
  readonly #condenser: SeriesCondenser
  readonly #tables: ReturnType<typeof tables>

  constructor(database: Database, names: Names, history: HistoryWriter) {
    this.#names = names
    this.#history = history
    this.#places = new HistoryPlaces(database, names)
    this.#condenser = new SeriesCondenser(database, this.#places, names)
    this.#tables = tables(database)
  }

  /** Works for about so long; answers where to go on; undefined: everything was looked at. */
  step(step: RetentionStep, milliseconds: number): number | undefined {
    const end = performance.now() + milliseconds
    this.#places.forget() // the log may tell less than it did
    for (let last = step.after; ; ) {
      const subject = this.#tables.next.get(last)?.subject ?? undefined
      if (subject === undefined) return undefined
      if (!this.#keepLife(subject, step, end)) return last
      last = subject
      if (performance.now() > end) return last
    }
  }

  /** Forgets what it learnt: after a rollback some of it may not be so. */
  forget(): void {
    this.#places.forget()
  }

  /** Takes steps with all that the id of a life ever had; tells whether there are none left to take. */
  #keepLife(subject: number, { rules, now }: RetentionStep, end: number): boolean {
    const id = this.#tables.id.get(subject)?.id
    if (id === undefined) return true
    const types = this.#typesOf(id, rules)
    if (!rules.some((rule) => !rule.types || rule.types.some((type) => types.includes(type)))) return true
    const horizons: HorizonOf = (attribute) => horizonOf(rules, { types, attribute }, now)
    const subjects = this.#places.subjects(id)
    this.#unfold(subjects, horizons)
    for (const { attribute, horizon } of this.#due(subjects, horizons)) {
      while (!this.#condenser.step({ subjects, attribute }, horizon)) {
        if (performance.now() > end) return false
      }
    }
    this.#forgetEmpty(id, subjects)
    return true
  }

  /** Answers the types that rules name and the id has or had. */
  #typesOf(id: string, rules: readonly RetentionRule[]): readonly Iri[] {
    const named = new Set(rules.flatMap(({ types = [] }) => types))
    return [...named].filter((type) => {
      const name = this.#names.find(type)
      return name !== undefined && this.#tables.hasType.get(name, id) !== undefined
    })
  }

  /** Answers the attributes of which something may be too old: their first row is, or there are totals to look at. */
  #due(
    subjects: readonly number[],
    horizons: HorizonOf,
  ): readonly { readonly attribute: Iri; readonly horizon: Horizon }[] {
    const firsts = subjects.flatMap((subject) => [
      ...this.#tables.firstRows.all(subject),
      ...this.#tables.firstChunks.all(subject),
      ...this.#tables.condensed.all(subject).map(({ iri }) => ({ iri, time: FIRST })),
    ])
    const due = new Map<Iri, Horizon>()
    for (const { iri, time } of firsts) {
      const horizon = horizons(iri)
      if (horizon && dayOf(time) < horizon.instances) due.set(iri, horizon)
    }
    return [...due].map(([attribute, horizon]) => ({ attribute, horizon }))
  }

  /** What came or went with an entity as a whole becomes a row for each instance, once one of them is kept no longer. */
  #unfold(subjects: readonly number[], horizons: HorizonOf): void {
    for (const subject of subjects) {
      const parts = this.#places.parts(subject)
      const isDue = ({ attribute, row: { time } }: WholePart): boolean => {
        const horizon = horizons(attribute)
        return horizon !== undefined && dayOf(time) < horizon.instances
      }
      for (const source of new Set(parts.filter(isDue).map(({ row }) => row.source))) {
        this.#unfoldRecord(
          { subject, source },
          parts.filter(({ row }) => row.source === source),
        )
      }
    }
    this.#history.flush()
  }

  #unfoldRecord(
    { subject, source }: { readonly subject: number; readonly source: number },
    parts: readonly WholePart[],
  ): void {
    const rows: SqlValue[] = []
    for (const part of parts) if (this.#places.tells(part)) addRow(rows, part)
    for (const { attribute, row } of parts) {
      const place = [row.time, row.dataset, Number(row.deleted)] as const
      this.#tables.deleteTombstone.run(subject, this.#names.intern(attribute), ...place)
    }
    this.#tables.deleteWhole.run(subject, source)
    this.#history.addRows(rows, subject, source)
  }

  /** Of an id that is no entity and has nothing in history any more nothing is known. */
  #forgetEmpty(id: string, subjects: readonly number[]): void {
    for (const subject of subjects) {
      if (this.#tables.any.get(subject) === undefined) this.#tables.deleteLife.run(id, subject)
    }
    if (this.#places.subjects(id).length > 0) return
    this.#tables.deleteHead.run(id)
    this.#tables.deleteTypes.run(id)
  }
}

function addRow(rows: SqlValue[], { attribute, row }: WholePart): void {
  const { time, dataset, text, created, modified } = row
  if (row.deleted) rows.push(attribute, time, dataset, 1, text, null, 0, created, modified, null)
  else {
    const instance: Instance = JSON.parse(text ?? '{}') // written by the store from an Instance
    // scopes are no attribute of the entity, so no log record holds their text
    addInstanceRow(rows, { attribute, instance, told: attribute !== SCOPE })
  }
}

function tables(database: Database) {
  return {
    next: prepare<{ subject: number | null }>(
      database,
      `SELECT min(subject) AS subject FROM (
        SELECT min(subject) AS subject FROM history WHERE subject > ?1
        UNION ALL SELECT min(subject) FROM chunk WHERE subject > ?1
        UNION ALL SELECT min(subject) FROM condensed WHERE subject > ?1)`,
    ),
    id: prepare<{ id: string }>(
      database,
      'SELECT id FROM entity WHERE key = ?1 UNION ALL SELECT id FROM life WHERE subject = ?1 LIMIT 1',
    ),
    hasType: prepare(
      database,
      `SELECT 1 FROM entity_type WHERE type = ?1 AND entity = (SELECT key FROM entity WHERE id = ?2)
      UNION ALL SELECT 1 FROM evolution_type WHERE type = ?1 AND id = ?2 LIMIT 1`,
    ),
    firstRows: prepare<{ iri: Iri; time: Micros }>(database, firsts('history', 'min(time)')),
    firstChunks: prepare<{ iri: Iri; time: Micros }>(database, firsts('chunk', `min(day) * ${DAY}`)),
    condensed: prepare<{ iri: Iri }>(
      database,
      'SELECT iri FROM condensed JOIN name ON name.key = attribute WHERE subject = ?',
    ),
    any: prepare(
      database,
      `SELECT 1 FROM history WHERE subject = ?1 UNION ALL SELECT 1 FROM chunk WHERE subject = ?1
      UNION ALL SELECT 1 FROM condensed WHERE subject = ?1 LIMIT 1`,
    ),
    deleteWhole: prepare(
      database,
      `DELETE FROM history WHERE subject = ? AND attribute = ${ALL_ATTRIBUTES} AND source = ?`,
    ),
    deleteTombstone: prepare(
      database,
      `DELETE FROM history WHERE subject = ? AND attribute = ? AND time = ? AND dataset = ? AND deleted = ?
      AND text = '' AND instance IS NULL`,
    ),
    deleteLife: prepare(database, 'DELETE FROM life WHERE id = ? AND subject = ?'),
    deleteHead: prepare(database, 'DELETE FROM evolution WHERE id = ?'),
    deleteTypes: prepare(database, 'DELETE FROM evolution_type WHERE id = ?'),
  }
}

/** Answers the first of each attribute that a subject has in a table, by a look-up for each. */
function firsts(table: 'history' | 'chunk', first: string): string {
  const next = `SELECT min(attribute) FROM ${table} WHERE subject = ?1 AND attribute >`
  return `WITH RECURSIVE found (attribute) AS (
      ${next} ${ALL_ATTRIBUTES}
      UNION ALL SELECT (${next} found.attribute) FROM found WHERE found.attribute IS NOT NULL)
    SELECT iri, (SELECT ${first} FROM ${table} WHERE subject = ?1 AND attribute = found.attribute) AS time
    FROM found JOIN name ON name.key = found.attribute`
}
