import { DAY, type Micros } from '../../../core/model/time.ts'
import { dayOf, FIRST, LAST } from '../../port/days.ts'
import { type Erasure, isEverything, type PastSelection } from '../../port/past-selection.ts'
import type { Database } from '../connection.ts'
import type { Names } from '../names.ts'
import { prepare, type Statement } from '../statements.ts'
import type { ChunkWriter } from './chunk-writer.ts'
import { TOMBSTONE } from './history-rows.ts'
import { isOrdered } from './placed-row.ts'
import type { Stretch, TotalsWriter } from './totals-writer.ts'

/** Where the deletion of rows stands: lives that are left, and in the first of them the attribute and time it came to. */
export interface RowsLeft {
  readonly subjects: readonly number[]
  readonly attribute?: number
  readonly time?: Micros
}

/** So many instances are gone; `left`: there may be more. */
export interface RowsErased {
  readonly erased: number
  readonly left?: RowsLeft
}

/** Rows that are looked at by one statement. */
const SLICE = 1000

/** Deletes rows of history that were erased, slice by slice, with the totals that they are part of. */
export class RowEraser {
  readonly #database: Database
  readonly #names: Names
  readonly #totals: TotalsWriter
  readonly #chunks: ChunkWriter
  readonly #tables: ReturnType<typeof tables>
  readonly #conditions = new Map<string, ReturnType<typeof erasing>>()

  constructor(
    database: Database,
    { names, totals, chunks }: { names: Names; totals: TotalsWriter; chunks: ChunkWriter },
  ) {
    this.#database = database
    this.#names = names
    this.#totals = totals
    this.#chunks = chunks
    this.#tables = tables(database)
  }

  /** Deletes rows that are older than the erasure, at least one slice, until the time is used up. */
  erase(erasure: Pick<Erasure, 'what' | 'version'>, rows: RowsLeft, milliseconds: number): RowsErased {
    const end = performance.now() + milliseconds
    const keys = this.#keysOf(erasure.what)
    let erased = 0
    for (let left: RowsLeft | undefined = rows; left; ) {
      const series = this.#series(left, keys)
      if (!series) return { erased }
      const packed = this.#erasePacked(series, erasure)
      const { slice, next } = this.#slice(series, erasure.what, packed.next)
      erased += packed.erased + this.#eraseSlice(slice, erasure)
      if (next.time === undefined && isAll(erasure.what))
        this.#totals.endCondensed(slice.subject, slice.attribute)
      left = next
      if (performance.now() > end) return { erased, left }
    }
    return { erased }
  }

  #keysOf({ attributes }: PastSelection): ReadonlySet<number> | undefined {
    return attributes && new Set(attributes.flatMap((name) => this.#names.find(name) ?? []))
  }

  /** Answers the next series that has rows; undefined: there is none. */
  #series(
    { subjects, attribute, time }: RowsLeft,
    keys: ReadonlySet<number> | undefined,
  ): Required<RowsLeft> | undefined {
    if (attribute !== undefined && time !== undefined) return { subjects, attribute, time }
    for (let at = 0; at < subjects.length; at++) {
      const start = at === 0 ? (attribute ?? 0) : 0
      for (
        let name = this.#after(subjects[at], start);
        name !== null;
        name = this.#after(subjects[at], name)
      ) {
        if (!keys || keys.has(name)) return { subjects: subjects.slice(at), attribute: name, time: FIRST }
      }
    }
    return undefined
  }

  #after(subject: number | undefined, attribute: number): number | null {
    return this.#tables.attribute.get(subject ?? null, attribute)?.attribute ?? null
  }

  /** Deletes the day that the series has come to where it is packed, or makes it rows; answers the next packed one. */
  #erasePacked(
    { subjects: [subject = 0], attribute, time }: Required<RowsLeft>,
    { what, version }: Pick<Erasure, 'what' | 'version'>,
  ): { readonly erased: number; readonly next: number | undefined } {
    const { datasetIds, window } = what
    const { from, to } = spanOf(window, time)
    const next = (since: number) => this.#nextPacked({ subject, attribute, from: since, to }, what)
    const day = next(from)
    if (day === undefined || day * DAY > from) return { erased: 0, next: day }
    const [begin, end] = [day * DAY, (day + 1) * DAY]
    const isWhole = isOrdered(window) && begin >= spanOf(window, FIRST).from && end <= to
    const erased = isWhole ? this.#chunks.eraseDay({ day, subject, attribute }, datasetIds, version) : 0
    if (erased > 0) this.#totals.erase(subject, attribute, begin)
    this.#chunks.open(subject, attribute, begin)
    return { erased, next: next(end) }
  }

  #nextPacked(
    { subject, attribute, from, to }: Stretch,
    { datasetIds, window }: PastSelection,
  ): number | undefined {
    const datasets = datasetIds ? JSON.stringify(datasetIds) : null
    const days = [dayOf(from), Math.ceil(to / DAY)] as const
    const row = this.#erasing(window).packed.get(subject, attribute, ...days, datasets, ...timesOf(window))
    return row?.day ?? undefined
  }

  /** Answers which rows are next: so many at most, and not beyond a day that is packed. */
  #slice(
    { subjects, attribute, time }: Required<RowsLeft>,
    { window }: PastSelection,
    packed: number | undefined,
  ): { readonly slice: Stretch; readonly next: RowsLeft } {
    const [subject = 0] = subjects
    const { from, to: last } = spanOf(window, time)
    const condensed = this.#condensedEnd({ subject, attribute, from, to: last })
    const stop = Math.min(last, condensed, packed === undefined ? last : packed * DAY)
    const end = this.#tables.end.get(subject, attribute, from, stop, SLICE)?.time
    if (end === undefined && stop === last) {
      return { slice: { subject, attribute, from, to: last }, next: { subjects, attribute } }
    }
    const to = Math.max(end ?? stop, from + 1) // as many datasets may have the same time
    return { slice: { subject, attribute, from, to }, next: { subjects, attribute, time: to } }
  }

  /** Where totals alone tell of a series, they are deleted day by day. */
  #condensedEnd({ subject, attribute, from, to }: Stretch): Micros {
    const end = Math.min(to, this.#totals.condensedTo(subject, attribute))
    return (from < end && this.#totals.condensedEnd({ subject, attribute, from, to: end }, SLICE)) || to
  }

  #eraseSlice(
    { subject, attribute, from, to }: Stretch,
    { what, version }: Pick<Erasure, 'what' | 'version'>,
  ) {
    const { datasetIds, window } = what
    const datasets = datasetIds ? JSON.stringify(datasetIds) : null
    const values = [subject, attribute, from, to, version, datasets, ...timesOf(window)]
    const { days, rows } = this.#erasing(window)
    // of the times of the system, and of deletions, totals tell nothing
    if (isOrdered(window) && window?.property !== 'deletedAt')
      this.#totals.eraseCondensed({ subject, attribute, from, to }, datasets)
    for (const { day } of days.all(...values)) this.#totals.erase(subject, attribute, (day ?? 0) * DAY)
    const { changes } = rows.run(...values)
    if (isEverything(what)) this.#tables.tombstones.run(subject, attribute, from, to, version)
    return Number(changes)
  }

  #erasing(window: PastSelection['window']) {
    const property = window?.property ?? ''
    const known = this.#conditions.get(property) ?? erasing(this.#database, window)
    this.#conditions.set(property, known)
    return known
  }
}

/** Tells whether all instances of the attributes are meant. */
function isAll({ datasetIds, window }: PastSelection): boolean {
  return !datasetIds && !window
}

/** Answers between which times of its places a selection is, from this one on. */
function spanOf(
  window: PastSelection['window'],
  time: Micros,
): { readonly from: Micros; readonly to: Micros } {
  const { from = FIRST, to = LAST } = isOrdered(window) ? (window ?? {}) : {}
  return { from: Math.max(time, from), to }
}

/** Answers between which times of the system it is, where it is by one of those. */
function timesOf(window: PastSelection['window']): readonly number[] {
  return isOrdered(window) ? [] : [window?.from ?? FIRST, window?.to ?? LAST]
}

const SERIES = 'subject = ?1 AND attribute = ?2 AND time >= ?3 AND time < ?4'

function conditionOf(window: PastSelection['window']): string {
  switch (window?.property) {
    case 'observedAt':
      return 'AND observed = 1'
    case 'deletedAt':
      return 'AND deleted = 1'
    case 'createdAt':
      return 'AND created >= ?7 AND created < ?8'
    case 'modifiedAt':
      return 'AND modified >= ?7 AND modified < ?8'
    default:
      return ''
  }
}

function packedConditionOf(window: PastSelection['window']): string {
  switch (window?.property) {
    case 'deletedAt':
      return 'AND 0'
    case 'createdAt':
      return 'AND last_created >= ?6 AND first_created < ?7'
    case 'modifiedAt':
      return 'AND last_modified >= ?6 AND first_modified < ?7'
    default:
      return ''
  }
}

function erasing(
  database: Database,
  window: PastSelection['window'],
): Record<'days' | 'packed', Statement<{ day: number | null }>> & { readonly rows: Statement<never> } {
  const meant = `FROM history WHERE ${SERIES} AND source < ?5 AND (text IS NULL OR text <> '${TOMBSTONE}')
    AND (?6 IS NULL OR dataset IN (SELECT value FROM json_each(?6))) ${conditionOf(window)}`
  return {
    days: prepare(
      database,
      `SELECT DISTINCT CAST(floor(time / ${DAY}) AS INTEGER) AS day ${meant} AND observed = 1`,
    ),
    rows: prepare(database, `DELETE ${meant}`),
    packed: prepare(
      database,
      `SELECT min(day) AS day FROM chunk WHERE subject = ?1 AND attribute = ?2 AND day >= ?3 AND day < ?4
      AND (?5 IS NULL OR dataset IN (SELECT value FROM json_each(?5))) ${packedConditionOf(window)}`,
    ),
  }
}

function tables(database: Database) {
  return {
    attribute: prepare<{ attribute: number | null }>(
      database,
      `SELECT min(attribute) AS attribute FROM (
        SELECT min(attribute) AS attribute FROM history WHERE subject = ?1 AND attribute > ?2
        UNION ALL SELECT min(attribute) FROM chunk WHERE subject = ?1 AND attribute > ?2
        UNION ALL SELECT min(attribute) FROM condensed WHERE subject = ?1 AND attribute > ?2)`,
    ),
    end: prepare<{ time: Micros }>(
      database,
      `SELECT time FROM history WHERE ${SERIES} ORDER BY time LIMIT 1 OFFSET ?5 + 0`,
    ),
    tombstones: prepare(
      database,
      `DELETE FROM history WHERE ${SERIES} AND source < ?5 AND text = '${TOMBSTONE}'`,
    ),
  }
}
