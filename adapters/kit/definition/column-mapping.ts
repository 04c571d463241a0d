import type { JsonMap } from '../values/json.ts'

/** What a column of a table becomes. */
export interface Column {
  readonly attribute: string
  /** Unit of the source; absent: the canonical one. */
  readonly unit?: string
  readonly factor?: number
  readonly offset?: number
  /** What the texts of the source stand for. */
  readonly values?: JsonMap
  /** How a time is written, as in `time`. */
  readonly format?: string | readonly string[]
  /** The value names an entity of this type, by an id such as that of the mapping. */
  readonly link?: string
  readonly id?: string
  /** The value is the code, or the name, of an administrative unit. */
  readonly unitBy?: 'code' | 'name'
  /** It has the time of the row; default: what the ontology calls a reading, and numbers that change. */
  readonly observed?: boolean
  /** Tables may be without it. */
  readonly optional?: boolean
}

/** When a row was observed. */
export interface RowTime {
  /** Column, or columns that are joined by a blank. */
  readonly from: string | readonly string[]
  /** `iso` (default), `period`, `seconds` or `milliseconds` since 1970, or patterns of which the first that fits is taken. */
  readonly format?: string | readonly string[]
  /** Offset of times without one; default +07:00. */
  readonly zone?: string
  /** How long the interval is that a row is of, such as PT30M or P1M. */
  readonly period?: string
  /** Which end of the interval the time is; default: where it ends. */
  readonly marks?: 'start' | 'end'
}

/** Columns of one attribute, each of a time of day (`{HH}:{mm}`), or of an interval by its number (`P{n}`). */
export interface Series extends Omit<Column, 'link' | 'id' | 'unitBy' | 'optional'> {
  readonly columns: string
}

/** How the rows of a table become entities: columns by their name, with no program. */
export interface ColumnMapping {
  readonly type: string
  /** Parts of the id, joined by colons; `{column}` is a cell. */
  readonly id: string
  readonly time?: RowTime
  readonly columns: Readonly<Record<string, Column | string>>
  readonly series?: Series
  /** Columns that are known and not taken, such as names of customers. */
  readonly ignore?: readonly string[]
  /** Columns of which nothing but a keyed hash is taken, such as codes of customers that ids are made of. */
  readonly hashed?: readonly string[]
  /** What is the same for all rows. */
  readonly facts?: JsonMap
  /** Columns of coordinates, or a table of the feed that says name and place of a thing by what is in a column. */
  readonly place?:
    | { readonly longitude: string; readonly latitude: string }
    | { readonly table: string; readonly key: string }
  /** Mark of decimals, where thousands are marked too. */
  readonly decimal?: ',' | '.'
  /** Rows that are none, such as totals: by a column, texts that it has there; '' is an empty cell. */
  readonly skip?: Readonly<Record<string, readonly string[]>>
}

const CELL = /\{([^{}]+)\}/g

/** Names the columns that a text has cells of. */
export function cellsIn(template: string): readonly string[] {
  return [...template.matchAll(CELL)].map(([, name = '']) => name)
}

/** Fills the cells of a row into a text. */
export function withCells(template: string, cell: (name: string) => string): string {
  return template.replace(CELL, (_, name: string) => cell(name))
}

/** Columns without which the rows of a table mean nothing. */
export function neededColumns({ id, time, columns, place }: ColumnMapping): readonly string[] {
  const needed = Object.entries(columns).filter(
    ([, column]) => typeof column === 'string' || !column.optional,
  )
  return [
    ...new Set([
      ...cellsIn(id),
      ...timeColumns(time),
      ...needed.map(([name]) => name),
      ...(place ? ('key' in place ? [place.key] : [place.longitude, place.latitude]) : []),
    ]),
  ]
}

/** All columns that a mapping knows, besides those of a series. */
export function knownColumns(mapping: ColumnMapping): ReadonlySet<string> {
  const { columns, ignore = [], hashed = [], skip = {} } = mapping
  const cells = Object.values(columns).flatMap((column) =>
    typeof column === 'string' ? [] : cellsIn(column.id ?? ''),
  )
  return new Set([
    ...neededColumns(mapping),
    ...Object.keys(columns),
    ...cells,
    ...ignore,
    ...hashed,
    ...Object.keys(skip),
  ])
}

/** Columns that the time of a row is in. */
export function timeColumns(time: RowTime | undefined): readonly string[] {
  return time ? [time.from].flat() : []
}
