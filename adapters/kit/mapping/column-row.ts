import type { ColumnMapping } from '../definition/column-mapping.ts'
import { point } from '../values/entity-document.ts'
import { type JsonMap, member } from '../values/json.ts'
import { isNoValue } from '../values/measure.ts'
import { described } from './channel.ts'
import { ForeignValueFault } from './foreign-value.ts'
import type { MapContext } from './mapper.ts'
import { sourceNumber } from './source-value.ts'

/** A row while it becomes entities. */
export interface Row {
  readonly record: JsonMap
  readonly context: MapContext
  /** Text of a cell; '' where it is empty. */
  cell(name: string): string
}

/** Makes a row of a record without members of members. */
export function rowOf(record: JsonMap, context: MapContext): Row {
  return { record, context, cell: (name) => String(member(record, name) ?? '').trim() }
}

/** Answers where the thing of a row is, and its name where a table of the feed says that. */
export function placeOf(row: Row, { place, decimal }: ColumnMapping): JsonMap {
  if (!place) return {}
  const { cell, context } = row
  if ('longitude' in place)
    return pointOf([cell(place.longitude), cell(place.latitude)], { decimal, context })
  const found = member(context.tables[place.table], cell(place.key))
  if (found === undefined)
    context.notice(`Table ${place.table} of the feed does not have all that column ${place.key} names`)
  return described(found)
}

function pointOf(
  cells: readonly [string, string],
  { decimal, context }: { readonly decimal: ColumnMapping['decimal']; readonly context: MapContext },
): JsonMap {
  if (cells.some(isNoValue)) return {}
  const form = decimal === undefined ? {} : { decimal }
  try {
    const [longitude, latitude] = cells
    return { location: point(sourceNumber(longitude, form), sourceNumber(latitude, form)) }
  } catch (error) {
    if (!(error instanceof ForeignValueFault)) throw error
    context.doubt('location has a coordinate that is not a number')
    return {}
  }
}
