import type { MapContext } from '../../kit/mapping/mapper.ts'
import type { EntityDocument } from '../../kit/values/entity-document.ts'
import { point, property, relationship, timeProperty } from '../../kit/values/entity-document.ts'
import { unmapped } from '../../kit/values/fault.ts'
import { iriOf } from '../../kit/values/iri-of.ts'
import { isJsonMap, type Json, type JsonMap, member, textMember } from '../../kit/values/json.ts'

const SECONDS_PER_HOUR = 3600
const KMH_PER_MS = 3.6

/** What an entity of a feed message is read with: when it was true, and how its ids are made. */
interface Reading {
  readonly observedAt: string
  readonly idOf: (type: string, code: string) => string
  readonly doubt: (text: string) => void
}

/** Turns one entity of a feed message into a vehicle, the arrivals of a trip, or an alert. */
export function map(record: Json, context: MapContext): readonly EntityDocument[] {
  const unknown = member(record, 'unknown')
  for (const field of Array.isArray(unknown) ? unknown : [])
    context.notice(`Field ${String(field)} is none of GTFS-Realtime`)
  if (member(member(record, 'header'), 'incrementality') === 'DIFFERENTIAL')
    throw unmapped('Message is a difference to the one before it, which GTFS-Realtime leaves open')
  const [position, update, alert] = ['vehicle', 'trip_update', 'alert'].map((name) => member(record, name))
  if (isJsonMap(position)) return [vehicleOf(position, readingOf(record, position, context))]
  if (isJsonMap(update)) return arrivalsOf(update, readingOf(record, update, context))
  if (isJsonMap(alert)) return [alertOf(record, alert, readingOf(record, alert, context))]
  throw unmapped('Entity is no vehicle, trip or alert')
}

/** What says no time of its own was true when the message was made. */
function readingOf(record: Json, entity: JsonMap, { variables, doubt }: MapContext): Reading {
  const observedAt = timeOf(entity, 'timestamp') ?? timeOf(member(record, 'header'), 'timestamp')
  if (observedAt === undefined) throw unmapped('Neither the entity nor the message says a time')
  return { observedAt, doubt, idOf: (type, code) => iriOf(type, variables.city ?? '', code) }
}

function vehicleOf(entity: JsonMap, reading: Reading): EntityDocument {
  const { observedAt, idOf } = reading
  const vehicle = member(entity, 'vehicle')
  const [code, label] = [textMember(vehicle, 'id'), textMember(vehicle, 'label')]
  const [trip, stop] = [member(entity, 'trip'), textMember(entity, 'stop_id')]
  const stands = member(entity, 'current_status') === 'STOPPED_AT'
  return {
    id: idOf('Vehicle', code ?? label ?? ''),
    type: 'Vehicle',
    category: property('publicTransport'),
    vehicleType: property('bus'),
    fleetVehicleId: property(label ?? code ?? ''),
    ...movement(member(entity, 'position'), reading),
    ...links(trip, reading),
    ...(stop !== undefined && !stands && { nextStop: relationship(idOf('GtfsStop', stop), { observedAt }) }),
    ...load(member(entity, 'occupancy_percentage'), reading),
    serviceStatus: property(trip === undefined ? 'outOfService' : 'onRoute', { observedAt }),
  }
}

function movement(position: Json | undefined, { observedAt, doubt }: Reading): JsonMap {
  const [latitude, longitude] = ['latitude', 'longitude'].map((name) => member(position, name))
  if (typeof latitude !== 'number' || typeof longitude !== 'number') return {}
  if (latitude < 7 || latitude > 24 || longitude < 102 || longitude > 118) {
    doubt('Place is outside Vietnam')
    return {}
  }
  const [bearing, speed] = ['bearing', 'speed'].map((name) => member(position, name))
  return {
    location: { ...point(longitude, latitude), observedAt },
    ...(typeof bearing === 'number' && { heading: property(bearing, { observedAt, unitCode: 'DD' }) }),
    ...(typeof speed === 'number' && {
      speed: property(rounded(speed * KMH_PER_MS), { observedAt, unitCode: 'KMH' }),
    }),
  }
}

function links(trip: Json | undefined, { observedAt, idOf }: Reading): JsonMap {
  const [tripId, route] = [textMember(trip, 'trip_id'), textMember(trip, 'route_id')]
  return {
    ...(tripId !== undefined && { hasTrip: relationship(idOf('GtfsTrip', tripId), { observedAt }) }),
    ...(route !== undefined && { hasRoute: relationship(idOf('GtfsRoute', route), { observedAt }) }),
  }
}

function load(percentage: Json | undefined, { observedAt }: Reading): JsonMap {
  if (typeof percentage !== 'number') return {}
  return { passengerLoad: property(rounded(percentage / 100), { observedAt, unitCode: 'C62' }) }
}

/** One estimation for each stop of a trip, whatever the day: the history of arrivesAt has the days. */
function arrivalsOf(update: JsonMap, reading: Reading): readonly EntityDocument[] {
  const trip = textMember(member(update, 'trip'), 'trip_id')
  if (trip === undefined) throw unmapped('Update names no trip')
  const stops = member(update, 'stop_time_update')
  return (Array.isArray(stops) ? stops : []).flatMap((stop: Json) => arrivalAt(stop, trip, reading))
}

function arrivalAt(
  update: Json,
  trip: string,
  { observedAt, idOf, doubt }: Reading,
): readonly EntityDocument[] {
  const relation = member(update, 'schedule_relationship')
  if (relation === 'SKIPPED' || relation === 'NO_DATA') return []
  const stop = textMember(update, 'stop_id')
  const arrivesAt = timeOf(member(update, 'arrival'), 'time') ?? timeOf(member(update, 'departure'), 'time')
  if (stop === undefined || arrivesAt === undefined) {
    doubt('Stop of a trip has no code, or a delay without a time')
    return []
  }
  return [
    {
      id: idOf('ArrivalEstimation', `${trip}-${stop}`),
      type: 'ArrivalEstimation',
      hasTrip: relationship(idOf('GtfsTrip', trip)),
      hasStop: relationship(idOf('GtfsStop', stop)),
      arrivesAt: timeProperty(arrivesAt, { observedAt }),
      remainingTime: property(duration(observedAt, arrivesAt), { observedAt }),
    },
  ]
}

/** ISO 8601, at least nothing: what was there has no time to go. */
function duration(from: string, to: string): string {
  const seconds = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000))
  const [hours, minutes, rest] = [
    Math.floor(seconds / SECONDS_PER_HOUR),
    Math.floor(seconds / 60) % 60,
    seconds % 60,
  ]
  const parts = [
    [hours, 'H'],
    [minutes, 'M'],
    [rest, 'S'],
  ] as const
  const text = parts.map(([count, mark]) => (count > 0 ? `${count}${mark}` : '')).join('')
  return `PT${text === '' ? '0S' : text}`
}

const SEVERITIES: Readonly<Record<string, string>> = {
  INFO: 'informational',
  WARNING: 'medium',
  SEVERE: 'high',
}

function alertOf(record: Json, alert: JsonMap, reading: Reading): EntityDocument {
  const { observedAt, idOf } = reading
  const severity = SEVERITIES[textMember(alert, 'severity_level') ?? '']
  const [effect, webPage] = [textMember(alert, 'effect'), translated(alert, 'url')]
  const [name, description] = [translated(alert, 'header_text'), translated(alert, 'description_text')]
  const affects = affectedBy(alert, reading)
  const { startsAt, endsAt } = periodOf(alert)
  const ended = endsAt !== undefined && Date.parse(endsAt) <= Date.parse(observedAt)
  return {
    id: idOf('Alert', textMember(record, 'id') ?? ''),
    type: 'Alert',
    category: property('traffic'),
    alertStatus: property(ended ? 'ended' : 'active', { observedAt }),
    ...(effect !== undefined && { subCategory: property(effect) }),
    ...(severity !== undefined && { severity: property(severity) }),
    ...(name !== undefined && { name: property(name) }),
    ...(description !== undefined && { description: property(description) }),
    ...(webPage !== undefined && { webPage: property(webPage) }),
    ...(startsAt !== undefined && { startsAt: timeProperty(startsAt) }),
    ...(endsAt !== undefined && { endsAt: timeProperty(endsAt) }),
    ...(affects.length > 0 && { affects: relationship(affects) }),
  }
}

/** The Vietnamese text, else the one without a language, else the first. */
function translated(alert: JsonMap, name: string): string | undefined {
  const all = member(member(alert, name), 'translation')
  const texts: readonly Json[] = Array.isArray(all) ? all : []
  const best =
    texts.find((text) => textMember(text, 'language')?.startsWith('vi') === true) ??
    texts.find((text) => textMember(text, 'language') === undefined) ??
    texts[0]
  return textMember(best, 'text')
}

/** From the first of its periods to the last one; an open one has no end. */
function periodOf(alert: JsonMap): { readonly startsAt?: string; readonly endsAt?: string } {
  const all = member(alert, 'active_period')
  const periods: readonly Json[] = Array.isArray(all) ? all : []
  const starts = periods.map((period) => timeOf(period, 'start')).filter((time) => time !== undefined)
  const ends = periods.map((period) => timeOf(period, 'end')).filter((time) => time !== undefined)
  const [startsAt, endsAt] = [starts.sort()[0], ends.sort().at(-1)]
  return {
    ...(startsAt !== undefined && starts.length === periods.length && { startsAt }),
    ...(endsAt !== undefined && ends.length === periods.length && { endsAt }),
  }
}

function affectedBy(alert: JsonMap, { idOf }: Reading): readonly string[] {
  const all = member(alert, 'informed_entity')
  const selectors: readonly Json[] = Array.isArray(all) ? all : []
  const named = selectors.flatMap((selector) => {
    const trip = member(selector, 'trip')
    const codes = [
      ['GtfsStop', textMember(selector, 'stop_id')],
      ['GtfsTrip', textMember(trip, 'trip_id')],
      ['GtfsRoute', textMember(selector, 'route_id') ?? textMember(trip, 'route_id')],
      ['GtfsAgency', textMember(selector, 'agency_id')],
    ] as const
    return codes.flatMap(([type, code]) => (code === undefined ? [] : [idOf(type, code)]))
  })
  return [...new Set(named)]
}

/** Seconds since 1970; 0 stands for nothing. */
function timeOf(value: Json | undefined, name: string): string | undefined {
  const seconds = member(value, name)
  if (typeof seconds !== 'number' || seconds <= 0) return undefined
  if (seconds > 4_102_444_800) throw unmapped('Time is not in seconds since 1970')
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}
