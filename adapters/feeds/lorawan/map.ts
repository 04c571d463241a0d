import { channelOf, described, factsOf, reading } from '../../kit/mapping/channel.ts'
import type { MapContext } from '../../kit/mapping/mapper.ts'
import { type EntityDocument, point, property } from '../../kit/values/entity-document.ts'
import { unmapped } from '../../kit/values/fault.ts'
import { iriOf } from '../../kit/values/iri-of.ts'
import { defined, isJsonMap, type Json, type JsonMap, member, textMember } from '../../kit/values/json.ts'
import { toUtc } from '../../kit/values/local-time.ts'
import { payloadFields } from '../../kit/values/payload-fields.ts'
import { type NetworkEvent, networkEvent } from './network-event.ts'

/** Clocks of devices that were never set tell years before this. */
const FIRST_YEAR = 2020

/** Turns what a network server tells of a device into the Device, and into what it observes by its profile. */
export function map(record: Json, context: MapContext): readonly EntityDocument[] {
  const event = networkEvent(record)
  const listed = member(context.tables.devices, event.device)
  const profile = profileOf(event, listed, context)
  const fields = fieldsOf(event, profile, context)
  const observedAt = timeOf(event, fields, { profile, context })
  const values = valuesOf(fields, { profile, context, observedAt })
  const thing = { ...(event.place && { location: point(...event.place) }), ...described(listed) }
  const key = textMember(listed, 'key') ?? event.device
  const city = context.variables.city ?? ''
  const { Device: own = {}, ...observed } = values
  const device = iriOf('Device', city, key)
  return [
    { ...deviceOf(event, profile), ...thing, ...own, id: device, type: 'Device' },
    ...Object.entries(observed).map(([type, attributes]) => ({
      ...thing,
      ...factsOf(listed),
      ...attributes,
      refDevice: { type: 'Relationship', object: device },
      id: iriOf(type, city, key),
      type,
    })),
  ]
}

/** The feed's own table of devices goes before what the network server calls them. */
function profileOf(event: NetworkEvent, listed: Json | undefined, { tables }: MapContext): JsonMap {
  const name = textMember(listed, 'profile') ?? event.profile
  const profile = name === undefined ? undefined : member(tables.profiles, name)
  if (isJsonMap(profile)) return profile
  // that a device joins, or how its battery is, can be told of any
  if (event.kind !== 'uplink') return {}
  throw unmapped('Device has no profile that is in the table of the feed')
}

/** The object that the network server decoded, or the payload by the layout that is declared for its port. */
function fieldsOf(event: NetworkEvent, profile: JsonMap, { doubt }: MapContext): JsonMap {
  if (event.kind !== 'uplink') return {}
  if (event.decoded) return flat(event.decoded)
  if (!event.payload) return {}
  const layout = member(member(profile, 'payload'), String(event.port))
  if (!Array.isArray(layout)) throw unmapped(`Payload of port ${event.port} has no declared layout`)
  return payloadFields(event.payload, layout, doubt)
}

function flat(object: JsonMap, before = ''): JsonMap {
  return Object.fromEntries(
    Object.entries(object).flatMap(([name, value]): readonly [string, Json][] =>
      isJsonMap(value) ? Object.entries(flat(value, `${before}${name}.`)) : [[`${before}${name}`, value]],
    ),
  )
}

interface Mapping {
  readonly profile: JsonMap
  readonly context: MapContext
}

/** Devices that send later what they measured say when that was; the network knows when it heard of it. */
function timeOf(event: NetworkEvent, fields: JsonMap, { profile, context }: Mapping): string {
  const name = textMember(profile, 'time')
  const given = name === undefined ? undefined : member(fields, name)
  if (given === undefined || given === null) return event.time
  const time = typeof given === 'number' ? ofSeconds(given) : toUtc(String(given))
  if (time !== undefined && Number(time.slice(0, 4)) >= FIRST_YEAR) return time
  context.doubt('Clock of the device is not set')
  return event.time
}

function ofSeconds(seconds: number): string | undefined {
  const date = new Date(seconds * 1000)
  return Number.isNaN(date.getTime()) ? undefined : toUtc(date.toISOString())
}

/** Attributes by type. */
function valuesOf(
  fields: JsonMap,
  { profile, context, observedAt }: Mapping & { readonly observedAt: string },
): Record<string, JsonMap> {
  const known = member(profile, 'fields')
  const ignored = member(profile, 'ignore')
  const values: Record<string, JsonMap> = {}
  for (const [name, value] of Object.entries(fields)) {
    if (name === textMember(profile, 'time') || (Array.isArray(ignored) && ignored.includes(name))) continue
    const channel = channelOf(member(known, name), textMember(profile, 'type'))
    if (!channel) context.notice(`Field ${name.slice(0, 40)} is not in the profile`)
    const attribute = channel && reading(channel, value, { observedAt, doubt: context.doubt })
    if (channel && attribute)
      values[channel.type] = { ...values[channel.type], [channel.attribute]: attribute }
  }
  return values
}

/** The network heard the device at its own time, whenever the device measured. */
function deviceOf(event: NetworkEvent, profile: JsonMap): JsonMap {
  const { kind, name, rssi, snr, battery, firmware, time: observedAt } = event
  const measured = (value: number | undefined, unitCode: string) =>
    value === undefined ? undefined : property(value, { observedAt, unitCode })
  return defined({
    name: name === undefined ? undefined : property(name),
    category: property('sensor'),
    supportedProtocol: property('LoRaWAN'),
    controlledProperty: controlled(profile),
    rssi: measured(rssi, 'DBM'),
    snr: measured(snr, '2N'),
    batteryLevel: measured(battery, 'C62'),
    firmwareVersion: firmware === undefined ? undefined : property(firmware),
    lastReportedAt: kind === 'join' ? undefined : property(observedAt, { observedAt }),
  }) as JsonMap // what is undefined was left out
}

/** What the profile has the device observe. */
function controlled(profile: JsonMap): JsonMap | undefined {
  const rows = Object.values(isJsonMap(profile.fields) ? profile.fields : {})
  const channels = rows.map((row) => channelOf(row, textMember(profile, 'type')))
  const observed = channels.filter((channel) => channel !== undefined && channel.type !== 'Device')
  const names = observed.flatMap((channel) => channel?.attribute ?? [])
  return names.length > 0 ? property(names) : undefined
}
