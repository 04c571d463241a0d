import { isUnchanged } from '../../../core/merge/settle.ts'
import type { Instance } from '../../../core/model/entity.ts'
import type { Iri } from '../../../core/model/iri.ts'
import type { Micros } from '../../../core/model/time.ts'
import type { SameInstances } from '../../port/evolution.ts'
import { toldInstance } from '../../port/history-instances.ts'
import type { SqlValue } from '../statements.ts'
import type { HistoryPlaces } from './history-places.ts'
import { ROW_FIELDS } from './history-rows.ts'
import { type PlacedRow, plainInstance } from './placed-row.ts'

/** What of an append is new. */
export interface AppendedRows {
  /** As in history-rows.ts. */
  readonly added: readonly SqlValue[]
  /** Absent: all of it is new. */
  readonly same?: SameInstances
}

/** Tells the rows that say something new from those whose place says the same already, also by an earlier one of them. */
export function appendedRows(
  places: HistoryPlaces,
  subjects: readonly number[],
  rows: readonly SqlValue[],
): AppendedRows {
  const same = new Set<number>()
  const attributes: Iri[] = []
  for (const [attribute, given] of startsOf(rows)) {
    const taken = takenPlaces(places, { subjects, attribute }, timesOf(rows, given))
    if (!taken) continue
    const before = same.size
    for (const start of given) {
      const row = givenRow(rows, start)
      const there = taken.get(placeOf(row))
      if (there && saysSame(places, attribute, there, row)) same.add(start)
      else taken.set(placeOf(row), row)
    }
    if (same.size - before === given.length) attributes.push(attribute)
  }
  if (same.size === 0) return { added: rows }
  const added = rows.filter((_, at) => !same.has(at - (at % ROW_FIELDS)))
  return { added, same: { instances: same.size, attributes } }
}

/** Answers where the rows of each attribute begin. */
function startsOf(rows: readonly SqlValue[]): ReadonlyMap<Iri, readonly number[]> {
  const starts = new Map<Iri, number[]>()
  for (let start = 0; start < rows.length; start += ROW_FIELDS) {
    const attribute = String(rows[start])
    const others = starts.get(attribute)
    if (others) others.push(start)
    else starts.set(attribute, [start])
  }
  return starts
}

function timesOf(rows: readonly SqlValue[], starts: readonly number[]): readonly Micros[] {
  return starts.map((start) => Number(rows[start + 1]))
}

function givenRow(rows: readonly SqlValue[], start: number): PlacedRow {
  const cell = <T extends SqlValue>(place: number): T => rows[start + place] as T // as history-rows.ts writes them
  return {
    subject: 0,
    source: 0,
    time: cell(1),
    dataset: cell(2),
    deleted: false,
    text: cell(4),
    value: cell(5),
    observed: cell(6) === 1,
    created: cell(7),
    modified: cell(8),
    unit: cell(9),
    instance: null,
  }
}

function placeOf({ time, dataset }: PlacedRow): string {
  return `${time} ${dataset}`
}

interface Series {
  readonly subjects: readonly number[]
  readonly attribute: Iri
}

/** Answers what is in the places of these times; undefined: nothing is, and no two of them are the same. */
function takenPlaces(
  places: HistoryPlaces,
  series: Series,
  times: readonly Micros[],
): Map<string, PlacedRow> | undefined {
  const ascending = times.every((time, at) => at === 0 || time > (times[at - 1] ?? 0))
  const sorted = ascending ? times : [...new Set(times)].sort((left, right) => left - right)
  const rows = rowsAround(places, series, sorted)
  return ascending && rows.length === 0 ? undefined : new Map(rows.map((row) => [placeOf(row), row]))
}

/** Rows that are read for each time before what lies between is left out. */
const SPARSE = 4

/** Reads the rows of these times, ascending, and some of those between. */
function rowsAround(places: HistoryPlaces, series: Series, times: readonly Micros[]): readonly PlacedRow[] {
  const [from = 0] = times
  const window = { from, to: (times.at(-1) ?? from) + 1 }
  const limit = times.length === 1 ? Number.MAX_SAFE_INTEGER : SPARSE * times.length + 100
  const rows = places.read(series.subjects, series.attribute, { window, order: 'oldest', limit })
  if (rows.length < limit) return rows.filter(({ deleted }) => !deleted)
  const middle = times.length >> 1
  return [times.slice(0, middle), times.slice(middle)].flatMap((half) => rowsAround(places, series, half))
}

/** Most are plain numbers, which their columns tell. */
function saysSame(places: HistoryPlaces, attribute: Iri, there: PlacedRow, given: PlacedRow): boolean {
  if (isPlain(there) && isPlain(given))
    return there.value === given.value && there.unit === given.unit && there.observed === given.observed
  return isUnchanged(instanceIn(places, attribute, there), instanceIn(places, attribute, given))
}

function isPlain({ text, value }: PlacedRow): boolean {
  return text === null && value !== null
}

function instanceIn(places: HistoryPlaces, attribute: Iri, row: PlacedRow): Instance {
  return plainInstance(row) ?? toldInstance({ text: places.textOf(row, attribute) })
}
