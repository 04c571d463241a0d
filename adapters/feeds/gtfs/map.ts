import type { MapContext } from '../../kit/mapping/mapper.ts'
import type { EntityDocument } from '../../kit/values/entity-document.ts'
import { point, property, relationship } from '../../kit/values/entity-document.ts'
import { unmapped } from '../../kit/values/fault.ts'
import { iriOf } from '../../kit/values/iri-of.ts'
import type { Json, JsonMap } from '../../kit/values/json.ts'
import { textMember } from '../../kit/values/json.ts'
import { toNumber } from '../../kit/values/measure.ts'

type MapRow = (row: Json, context: MapContext) => EntityDocument

const ROWS: Readonly<Record<string, MapRow>> = {
  'agency.txt': agencyOf,
  'stops.txt': stopOf,
  'routes.txt': routeOf,
  'trips.txt': tripOf,
}

/** Turns one row of a timetable into the entity that it is of. */
export function map(record: Json, context: MapContext): readonly EntityDocument[] {
  const table = textMember(record, 'table') ?? ''
  const mapRow = Object.hasOwn(ROWS, table) ? ROWS[table] : undefined
  if (!mapRow) throw unmapped('Row is of a table that is not read')
  return [mapRow(record, context)]
}

function agencyOf(row: Json, context: MapContext): EntityDocument {
  const code = textMember(row, 'agency_id') ?? textMember(row, 'agency_name') ?? ''
  return {
    id: idOf('GtfsAgency', code, context),
    type: 'GtfsAgency',
    ...texts(row, {
      agency_id: 'code',
      agency_name: 'name',
      agency_url: 'webPage',
      agency_timezone: 'timeZone',
      agency_phone: 'contactPhone',
      agency_email: 'contactEmail',
    }),
  }
}

function stopOf(row: Json, context: MapContext): EntityDocument {
  const parent = textMember(row, 'parent_station')
  return {
    id: idOf('GtfsStop', textMember(row, 'stop_id') ?? '', context),
    type: 'GtfsStop',
    ...texts(row, {
      stop_id: 'code',
      stop_name: 'name',
      stop_desc: 'description',
      stop_url: 'webPage',
      zone_id: 'zoneCode',
    }),
    ...accessible(textMember(row, 'wheelchair_boarding')),
    ...(parent !== undefined && { hasParentStation: relationship(idOf('GtfsStop', parent, context)) }),
    ...locationOf(row, context),
  }
}

function routeOf(row: Json, context: MapContext): EntityDocument {
  const agency = textMember(row, 'agency_id')
  const code = textMember(row, 'route_id') ?? ''
  const name = textMember(row, 'route_long_name') ?? textMember(row, 'route_short_name')
  return {
    id: idOf('GtfsRoute', code, context),
    type: 'GtfsRoute',
    ...(name !== undefined && { name: property(name) }),
    ...texts(row, {
      route_id: 'code',
      route_short_name: 'shortName',
      route_desc: 'description',
      route_url: 'webPage',
      route_color: 'routeColor',
    }),
    ...routeType(textMember(row, 'route_type') ?? '', context),
    ...(agency !== undefined && { operatedBy: relationship(idOf('GtfsAgency', agency, context)) }),
  }
}

function tripOf(row: Json, context: MapContext): EntityDocument {
  const route = textMember(row, 'route_id') ?? ''
  const direction = textMember(row, 'direction_id')
  return {
    id: idOf('GtfsTrip', textMember(row, 'trip_id') ?? '', context),
    type: 'GtfsTrip',
    ...texts(row, {
      trip_id: 'code',
      trip_short_name: 'shortName',
      trip_headsign: 'headSign',
      service_id: 'hasService',
      first_departure: 'departsAt',
    }),
    ...accessible(textMember(row, 'wheelchair_accessible')),
    ...(direction !== undefined && { tripDirection: property(direction === '0' ? 'outbound' : 'inbound') }),
    hasRoute: relationship(idOf('GtfsRoute', route, context)),
  }
}

function idOf(type: string, code: string, { variables }: MapContext): string {
  return iriOf(type, variables.city ?? '', code)
}

function texts(row: Json, columns: Readonly<Record<string, string>>): JsonMap {
  const found = Object.entries(columns).map(
    ([column, attribute]) => [attribute, textMember(row, column)] as const,
  )
  return Object.fromEntries(
    found.flatMap(([attribute, text]) => (text === undefined ? [] : [[attribute, property(text)]])),
  )
}

/** 1 is yes and 2 is no; 0 and nothing say nothing. */
function accessible(code: string | undefined): JsonMap {
  return code === '1' || code === '2' ? { wheelchairAccessible: property(code === '1') } : {}
}

function routeType(code: string, { tables, doubt }: MapContext): JsonMap {
  const type =
    textMember(tables.routeTypes, code) ??
    (code.length >= 3 ? textMember(tables.routeTypeHundreds, code.slice(0, -2)) : undefined)
  if (type !== undefined) return { routeType: property(type) }
  doubt('Type of the route is not in the table of the feed')
  return {}
}

/** Entrances and platforms may have no place of their own; 0, 0 is where those stand that nobody measured. */
function locationOf(row: Json, { doubt }: MapContext): JsonMap {
  const [latitude, longitude] = [textMember(row, 'stop_lat'), textMember(row, 'stop_lon')]
  if (latitude === undefined || longitude === undefined) return {}
  const [north, east] = [toNumber(latitude), toNumber(longitude)]
  if (north >= 7 && north <= 24 && east >= 102 && east <= 118) return { location: point(east, north) }
  doubt('Place is outside Vietnam')
  return {}
}
