import type { MapContext } from '../../kit/mapping/mapper.ts'
import type { EntityDocument } from '../../kit/values/entity-document.ts'
import { point, property } from '../../kit/values/entity-document.ts'
import { unmapped } from '../../kit/values/fault.ts'
import { iriOf } from '../../kit/values/iri-of.ts'
import type { Json, JsonMap } from '../../kit/values/json.ts'
import { isJsonMap, member, textMember } from '../../kit/values/json.ts'
import { toUtc } from '../../kit/values/local-time.ts'
import { toNumber } from '../../kit/values/measure.ts'

/** Members of a Location of OCPI 2.2.1. */
const MEMBERS = new Set(
  (
    'country_code party_id id publish publish_allowed_to name address city postal_code state country coordinates related_locations ' +
    'parking_type evses directions operator suboperator owner facilities time_zone opening_times charging_when_closed images ' +
    'energy_mix last_updated'
  ).split(' '),
)
const DAYS = ['', 'Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa', 'Su']
const BROKEN = new Set(['INOPERATIVE', 'OUTOFORDER', 'BLOCKED'])

/** Turns a location into its charging station: how many of its points (EVSE) there are, and how many are free. */
export function map(record: Json, context: MapContext): readonly EntityDocument[] {
  for (const name of isJsonMap(record) ? Object.keys(record) : [])
    if (!MEMBERS.has(name)) context.notice(`Member ${name.slice(0, 40)} is none of OCPI 2.2.1`)
  if (member(record, 'publish') === false) return []
  const code = textMember(record, 'id') ?? ''
  const owner = `${textMember(record, 'country_code') ?? ''}-${textMember(record, 'party_id') ?? ''}`
  const observedAt = observedOf(record)
  const points = listOf(record, 'evses').filter((evse) => textMember(evse, 'status') !== 'REMOVED')
  const operator = textMember(member(record, 'operator'), 'name')
  return [
    {
      id: iriOf('EVChargingStation', context.variables.city ?? '', owner, code),
      type: 'EVChargingStation',
      name: property(textMember(record, 'name') ?? code),
      ...(operator !== undefined && { operator: property(operator) }),
      ...addressOf(record),
      ...locationOf(record, context),
      ...hoursOf(record),
      ...pointsOf(points, observedAt),
      ...connectorsOf(
        points.flatMap((evse) => listOf(evse, 'connectors')),
        context,
      ),
    },
  ]
}

/** The location is as new as the newest of its points. */
function observedOf(record: Json): string {
  const times = [record, ...listOf(record, 'evses')]
    .map((part) => textMember(part, 'last_updated'))
    .filter((text) => text !== undefined)
    // times of OCPI are in UTC, also those without an offset
    .map((text) => toUtc(/(?:Z|[+-]\d{2}:?\d{2})$/i.test(text) ? text : `${text}Z`))
  const latest = times.sort().at(-1)
  if (latest === undefined) throw unmapped('Location does not say when it was updated')
  return latest
}

function pointsOf(points: readonly Json[], observedAt: string): JsonMap {
  const statuses = points.map((evse) => textMember(evse, 'status') ?? 'UNKNOWN')
  const free = statuses.filter((status) => status === 'AVAILABLE').length
  const broken = statuses.filter((status) => BROKEN.has(status)).length
  return {
    capacity: property(points.length),
    availableCapacity: property(free, { observedAt }),
    status: property(statusOf({ points: points.length, free, broken }), { observedAt }),
  }
}

function statusOf({ points, free, broken }: { points: number; free: number; broken: number }): string {
  if (points === broken) return 'outOfService'
  if (free === points) return 'empty'
  if (broken > 0) return 'withIncidence'
  return free === 0 ? 'full' : 'working'
}

function connectorsOf(connectors: readonly Json[], { tables, notice }: MapContext): JsonMap {
  const sockets = connectors.map((connector) => {
    const standard = textMember(connector, 'standard') ?? ''
    const socket = textMember(tables.sockets, standard)
    if (socket === undefined) notice('Standard of a connector is not in the table of the feed', standard)
    return socket
  })
  const kinds = [...new Set(sockets.filter((socket) => socket !== undefined))].sort()
  const [voltage, amperage] = ['max_voltage', 'max_amperage'].map((name) => largest(connectors, name))
  return {
    socketNumber: property(connectors.length),
    ...(kinds.length > 0 && { socketType: property(kinds.length === 1 ? (kinds[0] ?? '') : kinds) }),
    ...(voltage !== undefined && { voltage: property(voltage, { unitCode: 'VLT' }) }),
    ...(amperage !== undefined && { amperage: property(amperage, { unitCode: 'AMP' }) }),
  }
}

function largest(connectors: readonly Json[], name: string): number | undefined {
  const values = connectors
    .map((connector) => member(connector, name))
    .filter((value) => typeof value === 'number')
  return values.length === 0 ? undefined : Math.max(...values)
}

function addressOf(record: Json): JsonMap {
  const parts = [
    ['streetAddress', textMember(record, 'address')],
    ['addressLocality', textMember(record, 'city')],
    ['addressCountry', textMember(record, 'country')],
  ] as const
  const known = parts.flatMap(([name, text]): [string, Json][] => (text === undefined ? [] : [[name, text]]))
  return known.length === 0 ? {} : { address: property(Object.fromEntries(known)) }
}

function locationOf(record: Json, { doubt }: MapContext): JsonMap {
  const coordinates = member(record, 'coordinates')
  const [latitude, longitude] = [textMember(coordinates, 'latitude'), textMember(coordinates, 'longitude')]
  if (latitude === undefined || longitude === undefined) return {}
  const [north, east] = [toNumber(latitude), toNumber(longitude)]
  if (north >= 7 && north <= 24 && east >= 102 && east <= 118) return { location: point(east, north) }
  doubt('Place is outside Vietnam')
  return {}
}

function hoursOf(record: Json): JsonMap {
  const times = member(record, 'opening_times')
  if (member(times, 'twentyfourseven') === true) return { openingHours: property('Mo-Su 00:00-24:00') }
  const hours = listOf(times, 'regular_hours').flatMap((hour) => {
    const weekday = member(hour, 'weekday')
    const day = typeof weekday === 'number' ? DAYS[weekday] : undefined
    const [from, to] = [textMember(hour, 'period_begin'), textMember(hour, 'period_end')]
    return day && from !== undefined && to !== undefined ? [`${day} ${from}-${to}`] : []
  })
  return hours.length === 0 ? {} : { openingHours: property(hours.join(', ')) }
}

function listOf(from: Json | undefined, name: string): readonly Json[] {
  const value = member(from, name)
  return Array.isArray(value) ? value : []
}
