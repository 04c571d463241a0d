import type { Instance } from '../../../core/model/entity.ts'
import type { Iri } from '../../../core/model/iri.ts'
import { DAY } from '../../../core/model/time.ts'
import type { PeriodTotal } from '../../../core/temporal/aggregate-totals.ts'
import { dayOf } from '../../port/days.ts'
import type { AggregateQuery } from '../../port/evolution.ts'
import { type Cell, PeriodTotals } from '../../port/period-totals.ts'
import { isPlain } from '../../port/plain-number.ts'
import type { Database } from '../connection.ts'
import type { Names } from '../names.ts'
import { prepare, prepareLists } from '../statements.ts'
import type { Condensed } from './condensed.ts'
import { createdWith } from './created-with.ts'
import type { HistoryPlaces } from './history-places.ts'
import { ALL_ATTRIBUTES } from './history-writer.ts'
import { CELL, LevelTotals } from './level-totals.ts'
import { DAYS } from './totals-writer.ts'

/** Reads totals of an attribute of entities, in the order of their ids. */
export type TotalsReader = (
  ids: readonly string[],
  query: AggregateQuery,
) => readonly (readonly PeriodTotal[] | undefined)[]

/** What was read for several keys at once. */
interface Read {
  readonly name: number
  readonly query: AggregateQuery
  /** What came with entities as a whole: log records alone tell it. */
  readonly told: ReadonlyMap<number, readonly Instance[]>
  readonly marked: ReadonlyMap<number, readonly number[]>
  readonly days: ReadonlyMap<number, readonly Cell[]>
  readonly condensed: ReadonlyMap<number, readonly Condensed[]>
}

/**
 * Answers a function that reads totals by period. What is in one period as a whole is told by the total of its day, hour or
 * minute; days that are not up to date, and what the end of a period cuts, are summed up from rows. Of what was condensed
 * totals and rows add up.
 */
export function totalsReader(database: Database, places: HistoryPlaces, names: Names): TotalsReader {
  const tables = statements(database)
  const levels = new LevelTotals(database, places.rows)
  const mayTell = createdWith(database)
  return (ids, query) => {
    const lives = livesOf(ids)
    const all = lives.flat()
    const subjects = JSON.stringify(all)
    const name = names.find(query.attribute) ?? ALL_ATTRIBUTES
    const { from, to } = new PeriodTotals(query)
    const range = [subjects, name, dayOf(from), Math.ceil(to / DAY)] as const
    const told = toldWith(mayTell(all, query.attribute), query.attribute)
    const marked = grouped(tables.dirty.all(...range), ([, day]) => day)
    const days = grouped(tables.days.all(...range), ([, ...cell]) => cell)
    const condensed = grouped(tables.condensed.all(subjects, name), ([, rowsFrom, hoursFrom]) => ({
      rowsFrom,
      hoursFrom: hoursFrom ?? Number.NEGATIVE_INFINITY,
    }))
    const read = { name, query, told, marked, days, condensed }
    return lives.map((keys) => (query.condensed ? condensedOf(keys, read) : totalsOf(keys, read)))
  }

  function livesOf(ids: readonly string[]): readonly (readonly number[])[] {
    const lives: number[][] = ids.map(() => [])
    for (const [at, subject] of tables.subjects.all(JSON.stringify(ids))) lives[at]?.push(subject)
    return lives
  }

  function toldWith(subjects: readonly number[], attribute: Iri): Read['told'] {
    const found = new Map<number, readonly Instance[]>()
    if (subjects.length === 0) return found
    const path = `$.attributes.${JSON.stringify(attribute)}`
    for (const [subject, instances] of tables.told.all(JSON.stringify(subjects), path))
      if (instances !== null) found.set(subject, JSON.parse(instances)) // written by a store from Instances
    return found
  }

  function condensedOf(subjects: readonly number[], read: Read): readonly PeriodTotal[] {
    const totals = new PeriodTotals(read.query)
    for (const subject of subjects) addCondensed(totals, subject, read)
    return totals.all()
  }

  /** Adds the numbers that totals alone tell; answers the day before which they do. */
  function addCondensed(totals: PeriodTotals, subject: number, { name, days, condensed }: Read): number {
    const [until] = condensed.get(subject) ?? []
    if (!until) return Number.NEGATIVE_INFINITY
    const cells = days.get(subject) ?? []
    const old = cells.filter(([day]) => day < until.rowsFrom)
    levels.addCondensed(totals, { subject, attribute: name }, old, until.hoursFrom)
    return until.rowsFrom
  }

  function totalsOf(subjects: readonly number[], read: Read): readonly PeriodTotal[] | undefined {
    const { name, query, marked, days } = read
    const totals = new PeriodTotals(query)
    if (subjects.length > 1 && doMeet(subjects, name, totals)) return undefined
    for (const subject of subjects) {
      if (!query.window && tables.timeless.get(subject, name)) return undefined
      if (!addTold(totals, subject, subjects, read)) return undefined
      const series = { subject, attribute: name }
      const rowsFrom = addCondensed(totals, subject, read)
      if (rowsFrom * DAY > totals.from) levels.addRowsBefore(totals, series, rowsFrom * DAY)
      const stale = new Set(marked.get(subject)?.filter((day) => day >= rowsFrom))
      levels.addMarked(totals, series, [...stale])
      const cells = days.get(subject) ?? []
      const isClean = ([day]: Cell): boolean => day >= rowsFrom && !stale.has(day)
      const areAll = stale.size === 0 && rowsFrom === Number.NEGATIVE_INFINITY
      levels.addDays(totals, series, areAll ? cells : cells.filter(isClean))
    }
    return totals.answer()
  }

  /** Adds what came with an entity; tells whether totals can tell it. */
  function addTold(
    totals: PeriodTotals,
    subject: number,
    subjects: readonly number[],
    { told, query: { attribute, window } }: Read,
  ): boolean {
    for (const instance of told.get(subject) ?? []) {
      const { datasetId: dataset = '', observedAt, modifiedAt, value } = instance
      const time = observedAt ?? (window ? undefined : modifiedAt)
      if (time === undefined || !totals.asks(time) || !totals.wants(dataset)) continue
      const place = { subject, time, dataset, deleted: false, source: subject } // it was created by that record
      if (places.isOverridden(place, attribute)) continue
      if (typeof value !== 'number' || !isPlain(instance)) return false
      if (places.isTwice(subjects, attribute, place)) return false
      totals.addValue(dataset, time, value)
    }
    return true
  }

  /** Tells whether several lives of an entity may tell of the same instant. */
  function doMeet(subjects: readonly number[], name: number, { from, to }: PeriodTotals): boolean {
    const stretches = subjects.flatMap((subject) => {
      const window = { property: 'observedAt', from, to } as const
      const [first, last] = (['oldest', 'newest'] as const).map(
        (order) => places.rows.read({ subject, attribute: name }, { window, order, limit: 1 })[0]?.time,
      )
      return first === undefined || last === undefined ? [] : [{ first, last }]
    })
    stretches.sort((left, right) => left.first - right.first)
    return stretches.some(({ last }, at) => last >= (stretches[at + 1]?.first ?? Number.POSITIVE_INFINITY))
  }
}

/** Gathers rows by the subject that they begin with. */
function grouped<Row extends readonly [subject: number, ...unknown[]], Part>(
  rows: readonly Row[],
  partOf: (row: Row) => Part,
): ReadonlyMap<number, readonly Part[]> {
  const groups = new Map<number, Part[]>()
  for (const row of rows) {
    const group = groups.get(row[0])
    if (group) group.push(partOf(row))
    else groups.set(row[0], [partOf(row)])
  }
  return groups
}

function statements(database: Database) {
  return {
    subjects: prepareLists<readonly [at: number, subject: number]>(
      database,
      `SELECT ids.key, entity.key FROM json_each(?1) AS ids CROSS JOIN entity ON entity.id = ids.value
      UNION ALL SELECT ids.key, subject FROM json_each(?1) AS ids CROSS JOIN life ON life.id = ids.value`,
    ),
    told: prepareLists<readonly [subject: number, instances: string | null]>(
      database,
      `SELECT history.subject, log.after -> ?2 FROM json_each(?1) AS subjects
      CROSS JOIN history ON history.subject = subjects.value AND attribute = ${ALL_ATTRIBUTES} AND deleted = 0
      CROSS JOIN log ON log.sequence = history.source`,
    ),
    condensed: prepareLists<readonly [subject: number, rowsFrom: number, hoursFrom: number | null]>(
      database,
      `SELECT condensed.subject, rows_from, hours_from FROM json_each(?1) AS subjects
      CROSS JOIN condensed ON condensed.subject = subjects.value AND condensed.attribute = ?2`,
    ),
    timeless: prepare(database, 'SELECT 1 FROM timeless WHERE subject = ? AND attribute = ?'),
    // over the days that anything is marked of: few, while their number in a long range is not
    dirty: prepareLists<readonly [subject: number, day: number]>(
      database,
      `WITH RECURSIVE marked (day) AS (
        SELECT min(day) FROM dirty WHERE day >= ?3
        UNION ALL SELECT (SELECT min(day) FROM dirty WHERE day > marked.day) FROM marked WHERE marked.day < ?4)
      SELECT dirty.subject, dirty.day FROM marked CROSS JOIN json_each(?1) AS subjects
      CROSS JOIN dirty ON dirty.day = marked.day AND dirty.subject = subjects.value AND dirty.attribute = ?2
      WHERE marked.day < ?4`,
    ),
    days: prepareLists<readonly [subject: number, ...cell: Cell]>(
      database,
      `SELECT total.subject, ${CELL} FROM json_each(?1) AS subjects
      CROSS JOIN total ON total.subject = subjects.value AND total.attribute = ?2 AND level = ${DAYS}
        AND start >= ?3 AND start < ?4`,
    ),
  }
}
