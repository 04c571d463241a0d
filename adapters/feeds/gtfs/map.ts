import type { MapContext } from '../../kit/mapping/mapper.ts'
import type { EntityDocument } from '../../kit/values/entity-document.ts'
import { point, property, relationship } from '../../kit/values/entity-document.ts'
import { unmapped } from '../../kit/values/fault.ts'
import { iriOf } from '../../kit/values/iri-of.ts'
import type { Json, JsonMap } from '../../kit/values/json.ts'
import { textMember } from '../../kit/values/json.ts'
import { toNumber } from '../../kit/values/measure.ts'

/** What the rows of a table are. */
interface Table {
  readonly type: string
  /** Columns of which the first that has something names the thing. */
  readonly key: readonly string[]
  /** Attributes that columns are as they stand. */
  readonly texts: Readonly<Record<string, string>>
  readonly others?: (row: Json, context: MapContext) => JsonMap
}

const TABLES: Readonly<Record<string, Table>> = {
  'agency.txt': {
    type: 'GtfsAgency',
    key: ['agency_id', 'agency_name'],
    texts: {
      agency_id: 'code',
      agency_name: 'name',
      agency_url: 'webPage',
      agency_timezone: 'timeZone',
      agency_phone: 'contactPhone',
      agency_email: 'contactEmail',
    },
  },
  'stops.txt': {
    type: 'GtfsStop',
    key: ['stop_id'],
    texts: {
      stop_id: 'code',
      stop_name: 'name',
      stop_desc: 'description',
      stop_url: 'webPage',
      zone_id: 'zoneCode',
    },
    others: (row, context) => ({
      ...accessible(textMember(row, 'wheelchair_boarding')),
      ...linkTo('hasParentStation', 'GtfsStop', textMember(row, 'parent_station'), context),
      ...locationOf(row, context),
    }),
  },
  'routes.txt': {
    type: 'GtfsRoute',
    key: ['route_id'],
    texts: {
      route_id: 'code',
      route_short_name: 'shortName',
      route_desc: 'description',
      route_url: 'webPage',
      route_color: 'routeColor',
    },
    others: (row, context) => ({
      ...nameOf(textMember(row, 'route_long_name') ?? textMember(row, 'route_short_name')),
      ...routeType(textMember(row, 'route_type') ?? '', context),
      ...linkTo('operatedBy', 'GtfsAgency', textMember(row, 'agency_id'), context),
    }),
  },
  'trips.txt': {
    type: 'GtfsTrip',
    key: ['trip_id'],
    texts: {
      trip_id: 'code',
      trip_short_name: 'shortName',
      trip_headsign: 'headSign',
      service_id: 'hasService',
      first_departure: 'departsAt',
    },
    others: (row, context) => ({
      ...accessible(textMember(row, 'wheelchair_accessible')),
      ...directionOf(textMember(row, 'direction_id')),
      ...linkTo('hasRoute', 'GtfsRoute', textMember(row, 'route_id') ?? '', context),
    }),
  },
}

/** Turns one row of a timetable into the entity that it is of. */
export function map(record: Json, context: MapContext): readonly EntityDocument[] {
  const name = textMember(record, 'table') ?? ''
  const table = Object.hasOwn(TABLES, name) ? TABLES[name] : undefined
  if (!table) throw unmapped('Row is of a table that is not read')
  const { type, key, texts: columns, others } = table
  const code = key.map((column) => textMember(record, column)).find((text) => text !== undefined)
  const id = idOf(type, code ?? '', context)
  return [{ id, type, ...texts(record, columns), ...others?.(record, context) }]
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

function linkTo(attribute: string, type: string, code: string | undefined, context: MapContext): JsonMap {
  return code === undefined ? {} : { [attribute]: relationship(idOf(type, code, context)) }
}

function nameOf(name: string | undefined): JsonMap {
  return name === undefined ? {} : { name: property(name) }
}

function directionOf(direction: string | undefined): JsonMap {
  return direction === undefined
    ? {}
    : { tripDirection: property(direction === '0' ? 'outbound' : 'inbound') }
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
