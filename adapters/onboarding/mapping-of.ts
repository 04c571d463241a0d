import type { Column, ColumnMapping, RowTime } from '../kit/definition/column-mapping.ts'
import { DecisionFault } from './decision-fault.ts'
import type { PlaceRole } from './find-roles.ts'
import type { Proposal } from './propose-mapping.ts'

/** Writes a proposal as the mapping of a feed.yaml. @throws DecisionFault where nothing names the things */
export function mappingOf({ type, fields, key, time, place, decimal }: Proposal): ColumnMapping {
  const named = key?.fields.map(({ field }) => field) ?? []
  if (named.length === 0)
    throw new DecisionFault('No field names what the records are of: say which with --key')
  const columns = fields.flatMap(({ field, part, column }) =>
    part === 'attribute' && column ? [[field, shortened(column)] as const] : [],
  )
  const known = new Set([
    ...columns.map(([field]) => field),
    ...named,
    ...[time?.time, place].flatMap((role) => (role ? fieldsOf(role) : [])),
  ])
  const ignore = fields.map(({ field }) => field).filter((field) => !known.has(field))
  return {
    type: type.name,
    id: [`\${city}`, ...named.map((field) => `{${field}}`)].join(':'),
    ...(time && { time: time.time }),
    ...(place && { place: { longitude: place.longitude.field, latitude: place.latitude.field } }),
    ...(decimal !== undefined && { decimal }),
    columns: Object.fromEntries(columns),
    ...(ignore.length > 0 && { ignore }),
  }
}

function fieldsOf(role: RowTime | PlaceRole): readonly string[] {
  return 'from' in role ? [role.from].flat() : role.fields.map(({ field }) => field)
}

function shortened(column: Column): Column | string {
  return Object.keys(column).length === 1 ? column.attribute : column
}
