import { type Channel, channelOf, described, factsOf, reading } from '../../kit/mapping/channel.ts'
import type { MapContext } from '../../kit/mapping/mapper.ts'
import { type EntityDocument, property } from '../../kit/values/entity-document.ts'
import { unmapped } from '../../kit/values/fault.ts'
import { iriOf } from '../../kit/values/iri-of.ts'
import { isJsonMap, type Json, type JsonMap, member, textMember } from '../../kit/values/json.ts'
import { toUtc } from '../../kit/values/local-time.ts'

/** What a Datastream is of, by the table of the feed, or as the service expands it. */
interface Datastream {
  readonly id: string
  readonly key: string
  readonly property: string
  readonly row: Json | undefined
  /** How the unit is written. */
  readonly unit?: string
  readonly thing: JsonMap
  readonly facts: JsonMap
}

/** Turns an Observation into what its ObservedProperty stands for by the table of the feed, and the Device that the Thing is. */
export function map(record: Json, context: MapContext): readonly EntityDocument[] {
  const datastream = datastreamOf(record, context)
  const { key, row, unit, thing, facts } = datastream
  const found = channelOf(row)
  if (!found) throw unmapped('Observed property is not in the table of the feed')
  const channel =
    generic(found) || unit === undefined || found.unit !== undefined ? found : { ...found, unit }
  const times = timesOf(record)
  const attribute = reading(channel, member(record, 'result'), { ...times, doubt: context.doubt })
  const city = context.variables.city ?? ''
  const device = iriOf('Device', city, key)
  return [
    { ...thing, id: device, type: 'Device' },
    {
      ...thing,
      ...facts,
      ...(attribute && { [channel.attribute]: attribute }),
      ...(attribute && times.from !== undefined && { periodStart: property(times.from) }),
      ...(generic(channel) && measured(datastream)),
      refDevice: { type: 'Relationship', object: device },
      id: generic(channel) ? iriOf(channel.type, city, key, datastream.id) : iriOf(channel.type, city, key),
      type: channel.type,
    },
  ]
}

/** A measurement of any kind has no unit by itself. */
function generic({ type }: Channel): boolean {
  return type === 'DeviceMeasurement'
}

function measured({ property: name, unit }: Datastream): JsonMap {
  return { controlledProperty: property(name), ...(unit !== undefined && { unitText: property(unit) }) }
}

function datastreamOf(record: Json, { tables, input }: MapContext): Datastream {
  const given = member(record, 'Datastream')
  const id = idOf(given) ?? /Datastreams\('?([^)']+)'?\)/.exec(input.name)?.[1]
  if (id === undefined) throw unmapped('Observation does not say which Datastream it is of')
  const listed = member(tables.datastreams, id)
  const [observed, thing] = [member(given, 'ObservedProperty'), member(given, 'Thing')]
  const names = [
    textMember(listed, 'property'),
    textMember(observed, 'name'),
    textMember(observed, 'definition'),
  ]
  const known = names.filter((name) => name !== undefined)
  const name = known.find((one) => member(tables.properties, one) !== undefined) ?? known[0]
  if (name === undefined) throw unmapped('Datastream is neither in the table of the feed nor expanded')
  const unit = textMember(listed, 'unit') ?? textMember(member(given, 'unitOfMeasurement'), 'symbol')
  return {
    id,
    key: textMember(listed, 'key') ?? idOf(thing) ?? id,
    property: name,
    row: member(tables.properties, name),
    ...(unit !== undefined && { unit }),
    thing: { ...thingOf(thing), ...described(listed) },
    facts: factsOf(listed),
  }
}

function idOf(of: Json | undefined): string | undefined {
  const id = member(of, '@iot.id')
  return typeof id === 'number' || typeof id === 'string' ? String(id) : undefined
}

/** Name and place of a Thing; a Location is a geometry or a Feature of GeoJSON. */
function thingOf(thing: Json | undefined): JsonMap {
  const name = textMember(thing, 'name')
  const locations = member(thing, 'Locations')
  const first = Array.isArray(locations) ? member(locations[0], 'location') : undefined
  const geometry = member(first, 'geometry') ?? first
  const placed = isJsonMap(geometry) && Array.isArray(geometry.coordinates)
  return {
    ...(name !== undefined && { name: property(name) }),
    ...(placed && { location: { type: 'GeoProperty', value: geometry } }),
  }
}

/** Of an interval the end is when it was observed; where there is none, the time of the result is it. */
function timesOf(record: Json): { readonly observedAt: string; readonly from?: string } {
  const text = textMember(record, 'phenomenonTime') ?? textMember(record, 'resultTime')
  if (text === undefined) throw unmapped('Observation has no time')
  const [first = '', last] = text.split('/')
  return last === undefined ? { observedAt: toUtc(first) } : { observedAt: toUtc(last), from: toUtc(first) }
}
