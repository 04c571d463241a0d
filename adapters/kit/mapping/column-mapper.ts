import {
  type Column,
  type ColumnMapping,
  cellsIn,
  knownColumns,
  type RowTime,
  type Series,
  timeColumns,
  withCells,
} from '../definition/column-mapping.ts'
import { property, relationship } from '../values/entity-document.ts'
import { FeedFault, RecordFault, unmapped } from '../values/fault.ts'
import { flatRecord } from '../values/flat-record.ts'
import { iriOf } from '../values/iri-of.ts'
import { type Json, type JsonMap, member } from '../values/json.ts'
import { isNoValue } from '../values/measure.ts'
import {
  byMinutes,
  minutesOf,
  periodFrom,
  periodUntil,
  type RowPeriod,
  reportPeriod,
  rowTime,
} from '../values/row-period.ts'
import { reading } from './channel.ts'
import { columnFaults, hasAttribute } from './column-faults.ts'
import { placeOf, type Row, rowOf } from './column-row.ts'
import { type SeriesColumns, seriesColumns } from './column-series.ts'
import { dayOf, unitNamed } from './feed-places.ts'
import { ownInstance } from './foreign-value.ts'
import type { MapContext, Mapper } from './mapper.ts'
import { isNumeric, isObserved, type Wanted, wantedOf } from './wanted.ts'

const ZONE = '+07:00'
const HALF_HOUR = 'PT30M'

/** Makes the mapper of tables that is declared by columns. @throws FeedFault with every fault of the declaration */
export function columnMapper(mapping: ColumnMapping, file: string): Mapper {
  const faults = columnFaults(mapping)
  if (faults.length > 0) throw new FeedFault(faults.map((fault) => `${file}: mapping ${fault}`))
  const columns = Object.entries(mapping.columns).map(([name, given]): [string, Column] => [
    name,
    typeof given === 'string' ? { attribute: given } : given,
  ])
  const known = knownColumns(mapping)
  const ofSeries = mapping.series && seriesColumns(mapping.series.columns)
  const facts = factsOf(mapping)
  return (given, context) => {
    const clear = flatRecord(given)
    if (isSkipped(rowOf(clear, context), mapping)) return []
    const record = withHashes(clear, mapping, context)
    const row = rowOf(record, context)
    for (const name of Object.keys(record))
      if (!known.has(name) && !ofSeries?.(name) && name !== '')
        context.notice(`Column ${name.slice(0, 60)} is not mapped`)
    const id = idOf(mapping.type, mapping.id, row)
    const base = { id, type: mapping.type, ...facts, ...placeOf(row, mapping) }
    const ownOf = (period: RowPeriod | undefined): JsonMap =>
      Object.fromEntries(
        columns.flatMap(([name, column]) => {
          const attribute = attributeOf(member(record, name) ?? '', { column, period, mapping, row })
          return attribute ? [[column.attribute, attribute]] : []
        }),
      )
    if (mapping.series && ofSeries) {
      const own = ownOf(undefined)
      return seriesOf(mapping.series, ofSeries, { mapping, row }).map(({ period, attribute }) => ({
        ...base,
        ...own,
        ...startOf(period, mapping),
        ...attribute,
      }))
    }
    const period = periodOf(row, mapping)
    const own = ownOf(period)
    const isObserved = Object.values(own).some((attribute) => member(attribute, 'observedAt') !== undefined)
    return [{ ...base, ...(isObserved && startOf(period, mapping)), ...own }]
  }
}

/** Puts keyed hashes where cells must not leave the adapter; an empty one stays empty. */
function withHashes(record: JsonMap, { hashed = [] }: ColumnMapping, context: MapContext): JsonMap {
  const { cell } = rowOf(record, context)
  const named = hashed.filter((name) => !isNoValue(cell(name)))
  return {
    ...record,
    ...Object.fromEntries(named.map((name) => [name, context.hash(cell(name).normalize('NFC'))])),
  }
}

function isSkipped({ cell }: Row, { skip = {} }: ColumnMapping): boolean {
  return Object.entries(skip).some(([name, texts]) => texts.includes(cell(name)))
}

/** An id needs all of its cells: a row without one is of nothing. @throws RecordFault */
function idOf(type: string, template: string, { cell }: Row): string {
  const empty = cellsIn(template).find((name) => isNoValue(cell(name)))
  if (empty !== undefined) throw unmapped(`Row has nothing in column ${empty}, which names its ${type}`)
  return iriOf(type, ...template.split(':').map((part) => withCells(part, cell)))
}

function periodOf(row: Row, mapping: ColumnMapping): RowPeriod | undefined {
  const { time } = mapping
  if (!time) return undefined
  const { format, zone = ZONE, period, marks } = time
  if (format === 'period') return reportPeriod(cellsOf(time, row), zone)
  const at = timeOf(row, mapping)
  if (period === undefined) return { end: at }
  return marks === 'start' ? periodFrom(at, period, zone) : periodUntil(at, period, zone)
}

/** @throws RecordFault where a row has no time */
function timeOf(row: Row, { time }: ColumnMapping): string {
  return time ? rowTime(cellsOf(time, row), time.format ?? 'iso', time.zone ?? ZONE) : ''
}

function cellsOf(time: RowTime, { cell }: Row): string {
  const text = timeColumns(time).map(cell).join(' ').trim()
  if (isNoValue(text)) throw unmapped('Row has no time')
  return text
}

function startOf(period: RowPeriod | undefined, { type }: ColumnMapping): JsonMap {
  if (period?.start === undefined || !hasAttribute({ type, attribute: 'periodStart' })) return {}
  return { periodStart: property(period.start, { observedAt: period.end }) }
}

interface Making {
  readonly column: Column
  readonly period: RowPeriod | undefined
  readonly mapping: ColumnMapping
  readonly row: Row
}

function attributeOf(value: Json, making: Making): JsonMap | undefined {
  const { column, period, mapping, row } = making
  if (typeof value === 'string' && isNoValue(value)) return undefined
  const { attribute } = column
  if (column.link !== undefined || column.unitBy !== undefined)
    return linkOf(String(value), { column, period, row })
  const { type, decimal } = mapping
  const channel = { type, ...column, ...(decimal !== undefined && { decimal }) }
  const isTimed = period !== undefined && (column.observed ?? isReading(wantedOf({ type, attribute })))
  return reading(channel, column.format === undefined ? value : timeIn(value, making), {
    doubt: (text) => row.context.doubt(text),
    ...(isTimed && { observedAt: period.end }),
  })
}

/** A time in UTC, or the day that it is there: a day has no zone. */
function timeIn(value: Json, { column, mapping, row }: Making): Json {
  const { attribute, format = 'iso' } = column
  try {
    const utc = rowTime(String(value).trim(), format, mapping.time?.zone ?? ZONE)
    return wantedOf({ type: mapping.type, attribute }).definition.value === 'date' ? dayOf(utc) : utc
  } catch (error) {
    if (!(error instanceof RecordFault)) throw error
    row.context.doubt(`${attribute} is not a time of its format`)
    return null
  }
}

/** What leads to nothing is left out. */
function linkOf(
  value: string,
  { column, period, row }: Pick<Making, 'column' | 'period' | 'row'>,
): JsonMap | undefined {
  const { attribute, link, id, unitBy } = column
  const { places, doubt } = row.context
  try {
    if (unitBy !== undefined)
      return relationship(unitNamed(places, { [unitBy]: value }, period?.start ?? period?.end))
    if (link === undefined) return undefined
    return relationship(id === undefined ? iriOf(link, value) : idOf(link, id, row))
  } catch (error) {
    if (!(error instanceof RecordFault)) throw error
    doubt(`${attribute}: ${error.message}`)
    return undefined
  }
}

/** A number that changes is observed, and what the ontology keeps as an observation; a name, a code or a place is not. */
function isReading({ definition }: Wanted): boolean {
  return isNumeric(definition) || isObserved(definition)
}

/** Answers what the columns of a series say, each of its interval. */
function seriesOf(
  series: Series,
  intervalOf: SeriesColumns,
  { mapping, row }: Pick<Making, 'mapping' | 'row'>,
): readonly { readonly period: RowPeriod; readonly attribute: JsonMap }[] {
  const { zone = ZONE, period: length = HALF_HOUR, marks = 'end' } = mapping.time ?? {}
  const day = timeOf(row, mapping)
  const minutes = minutesOf(length) ?? 0
  return Object.entries(row.record).flatMap(([name, cell]) => {
    const found = intervalOf(name)
    if (!found) return []
    const start =
      found.number === undefined
        ? found.minutes - (marks === 'end' ? minutes : 0)
        : (found.number - 1) * minutes
    const period = periodFrom(byMinutes(day, start), length, zone)
    const attribute = attributeOf(cell, { column: series, period, mapping, row })
    return attribute ? [{ period, attribute: { [series.attribute]: attribute } }] : []
  })
}

function factsOf({ type, facts = {} }: ColumnMapping): JsonMap {
  return Object.fromEntries(
    Object.entries(facts).map(([attribute, value]) => [
      attribute,
      ownInstance(value, wantedOf({ type, attribute })),
    ]),
  )
}
