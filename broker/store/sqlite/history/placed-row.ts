import type { Instance } from '../../../core/model/entity.ts'
import type { Micros } from '../../../core/model/time.ts'
import { compareText } from '../../../core/query/compare-text.ts'
import { FIRST, LAST } from '../../port/days.ts'
import type { PlaceWindow } from '../../port/evolution.ts'

/** What history has in one place of one attribute. */
export interface PlacedRow {
  readonly subject: number
  readonly time: Micros
  readonly dataset: string
  readonly deleted: boolean
  /** The log record that it comes from: of two in the same place the later counts. */
  readonly source: number
  readonly text: string | null
  readonly value: number | null
  readonly observed: boolean
  readonly created: Micros
  readonly modified: Micros
  readonly unit: string | null
  /** Its id, where its place does not tell it. */
  readonly instance: string | null
}

/** A place, and the log record that tells of it. */
export type RowPlace = Pick<PlacedRow, 'subject' | 'time' | 'dataset' | 'deleted' | 'source'>

/** Which rows of an attribute to read: in the order of the window's property. */
export interface RowRange {
  readonly window?: PlaceWindow
  readonly order: 'oldest' | 'newest'
  readonly limit: number
}

/** An attribute of an entity, by their keys. */
export interface Series {
  readonly subject: number
  readonly attribute: number
}

/** Answers what a row is ordered by; undefined: it has no such property. */
export function keyIn(window: PlaceWindow | undefined): (row: PlacedRow) => Micros | undefined {
  switch (window?.property) {
    case 'observedAt':
      return ({ observed, time }) => (observed ? time : undefined)
    case 'deletedAt':
      return ({ deleted, time }) => (deleted ? time : undefined)
    case 'createdAt':
      return ({ created }) => created
    case 'modifiedAt':
      return ({ modified }) => modified
    default:
      return ({ time }) => time
  }
}

/** Tells whether the key of history has the order of the window. */
export function isOrdered(window: PlaceWindow | undefined): boolean {
  return window?.property !== 'createdAt' && window?.property !== 'modifiedAt'
}

/** Tells whether a time of a row is inside a window. */
export function isIn(key: Micros | undefined, { from = FIRST, to = LAST }: PlaceWindow = {}): boolean {
  return key !== undefined && key >= from && key < to
}

/** Answers the later of those that are in the same place: it keeps the id of the earlier one, unless it has one that is not told by its place. */
export function latest(rows: readonly PlacedRow[]): readonly PlacedRow[] {
  const places = new Map<string, PlacedRow>()
  for (const row of rows) {
    const key = `${row.dataset} ${row.time} ${row.deleted}`
    const other = places.get(key)
    const [later, earlier] = !other || other.source < row.source ? [row, other] : [other, row]
    const instance = later.instance ?? earlier?.instance ?? null
    places.set(key, later.instance === instance ? later : { ...later, instance })
  }
  return [...places.values()]
}

/** Compares rows by a time, then by place. */
export function byKey(
  keyOf: (row: PlacedRow) => Micros | undefined,
  order: 'oldest' | 'newest',
): (left: PlacedRow, right: PlacedRow) => number {
  const sign = order === 'oldest' ? 1 : -1
  return (left, right) =>
    sign *
    ((keyOf(left) ?? 0) - (keyOf(right) ?? 0) ||
      left.time - right.time ||
      compareText(left.dataset, right.dataset) ||
      Number(left.deleted) - Number(right.deleted))
}

/** Tells whether two rows of an attribute are in the same place. */
export function isSamePlace(left: RowPlace, right: RowPlace): boolean {
  return left.time === right.time && left.dataset === right.dataset && left.deleted === right.deleted
}

/** Answers the instance of a row that tells all of a plain number; undefined: its text tells it. */
export function plainInstance({
  text,
  value,
  dataset,
  time,
  observed,
  unit,
  created: createdAt,
  modified: modifiedAt,
}: PlacedRow): Instance | undefined {
  if (text !== null || value === null) return undefined
  return {
    kind: 'Property',
    ...(dataset !== '' && { datasetId: dataset }),
    value,
    ...(observed && { observedAt: time }),
    ...(unit !== null && { unitCode: unit }),
    createdAt,
    modifiedAt,
  }
}

/** Writes a plain number as `canonicalInstance` does. */
export function plainText(
  value: number,
  datasetId: string | undefined,
  {
    observed,
    time,
    unit,
    created,
    modified,
  }: Pick<PlacedRow, 'observed' | 'time' | 'unit' | 'created' | 'modified'>,
): string {
  const dataset = datasetId === undefined ? '' : `"datasetId":${JSON.stringify(datasetId)},`
  const observedAt = observed ? `,"observedAt":${time}` : ''
  const unitCode = unit === null ? '' : `,"unitCode":${JSON.stringify(unit)}`
  const times = `,"createdAt":${created},"modifiedAt":${modified}`
  return `{"kind":"Property",${dataset}"value":${value}${observedAt}${unitCode}${times}}`
}
