import { unmapped } from '../../kit/values/fault.ts'
import { defined, isJsonMap, type Json, type JsonMap, member, textMember } from '../../kit/values/json.ts'
import { toUtc } from '../../kit/values/local-time.ts'

/** What a network server tells of a device, whichever server it is. */
export interface NetworkEvent {
  readonly kind: 'uplink' | 'join' | 'status'
  /** DevEUI in small letters, or the name that the server knows the device by. */
  readonly device: string
  readonly name?: string
  /** What the server calls the kind of device. */
  readonly profile?: string
  /** When the network had it, UTC. */
  readonly time: string
  readonly port: number
  readonly payload?: Uint8Array
  /** What the server's own decoder made of the payload; absent: it has none for it. */
  readonly decoded?: JsonMap
  readonly rssi?: number
  readonly snr?: number
  /** From 0 to 1. */
  readonly battery?: number
  readonly firmware?: string
  readonly place?: readonly [longitude: number, latitude: number]
}

/** Reads a message of ChirpStack v4 or The Things Stack v3. @throws RecordFault */
export function networkEvent(record: Json): NetworkEvent {
  if (isJsonMap(member(record, 'deviceInfo'))) return ofChirpStack(record)
  if (isJsonMap(member(record, 'end_device_ids'))) return ofThings(record)
  throw unmapped('Message is none of ChirpStack v4 and The Things Stack v3')
}

function ofChirpStack(record: Json): NetworkEvent {
  const info = member(record, 'deviceInfo')
  const tags = member(info, 'tags')
  const kind = kindOfChirpStack(record)
  return {
    kind,
    device: deviceOf(textMember(info, 'devEui'), textMember(info, 'deviceName')),
    ...defined({ name: textMember(info, 'deviceName'), profile: textMember(info, 'deviceProfileName') }),
    time: timeOf(member(record, 'time')),
    ...frame(record, { port: 'fPort', data: 'data', decoded: 'object' }),
    ...best(member(record, 'rxInfo')),
    ...defined({ battery: shareOf(kind === 'status' ? member(record, 'batteryLevel') : undefined) }),
    ...placed(Number(textMember(tags, 'longitude')), Number(textMember(tags, 'latitude'))),
  }
}

function kindOfChirpStack(record: Json): NetworkEvent['kind'] {
  if (['data', 'object', 'fCnt', 'fPort'].some((name) => member(record, name) !== undefined)) return 'uplink'
  if (['margin', 'batteryLevel'].some((name) => member(record, name) !== undefined)) return 'status'
  if (textMember(record, 'devAddr') !== undefined && textMember(record, 'level') === undefined) return 'join'
  throw unmapped('Event of ChirpStack is none of up, join and status')
}

/** The Things Stack leaves out what is empty, 0 or false. */
function ofThings(record: Json): NetworkEvent {
  const ids = member(record, 'end_device_ids')
  const [uplink, join] = [member(record, 'uplink_message'), member(record, 'join_accept')]
  if (!isJsonMap(uplink) && !isJsonMap(join))
    throw unmapped('Message of The Things Stack is none of up and join')
  const version = member(uplink, 'version_ids')
  const user = member(member(uplink, 'locations'), 'user')
  const battery = member(member(uplink, 'last_battery_percentage'), 'value')
  return {
    kind: isJsonMap(uplink) ? 'uplink' : 'join',
    device: deviceOf(textMember(ids, 'dev_eui'), textMember(ids, 'device_id')),
    ...defined({
      name: textMember(ids, 'device_id'),
      profile: textMember(version, 'model_id'),
      firmware: textMember(version, 'firmware_version'),
    }),
    time: timeOf(member(uplink ?? join, 'received_at') ?? member(record, 'received_at')),
    ...frame(uplink, { port: 'f_port', data: 'frm_payload', decoded: 'decoded_payload' }),
    ...best(member(uplink, 'rx_metadata')),
    ...defined({ battery: shareOf(battery) }),
    ...placed(member(user, 'longitude'), member(user, 'latitude')),
  }
}

function deviceOf(eui: string | undefined, name: string | undefined): string {
  const device = eui?.toLowerCase() ?? name
  if (device === undefined) throw unmapped('Message does not say which device it is of')
  return device
}

function timeOf(time: Json | undefined): string {
  if (typeof time !== 'string') throw unmapped('Message has no time')
  return toUtc(time)
}

function frame(
  of: Json | undefined,
  names: { readonly port: string; readonly data: string; readonly decoded: string },
): Pick<NetworkEvent, 'port' | 'payload' | 'decoded'> {
  const [port, data, decoded] = [names.port, names.data, names.decoded].map((name) => member(of, name))
  return {
    port: typeof port === 'number' ? port : 0,
    ...(typeof data === 'string' && data !== '' && { payload: Buffer.from(data, 'base64') }),
    ...(isJsonMap(decoded) && Object.keys(decoded).length > 0 && { decoded }),
  }
}

/** What the gateway that heard the device best says of the signal. */
function best(heard: Json | undefined): Pick<NetworkEvent, 'rssi' | 'snr'> {
  const all: readonly Json[] = Array.isArray(heard) ? heard : []
  const strength = (one: Json): number => Number(member(one, 'rssi') ?? Number.NEGATIVE_INFINITY)
  const [first, ...others] = all
  if (first === undefined) return {}
  const strongest = others.reduce((most, next) => (strength(next) > strength(most) ? next : most), first)
  const [rssi, snr] = [member(strongest, 'rssi'), member(strongest, 'snr')]
  return defined({ rssi: numberOf(rssi), snr: numberOf(snr) })
}

/** A level in percent, as both servers have it; they have none, or -1, of devices on the mains. */
function shareOf(percent: Json | undefined): number | undefined {
  return typeof percent === 'number' && percent >= 0 && percent <= 100 ? percent / 100 : undefined
}

function placed(longitude: Json | undefined, latitude: Json | undefined): Pick<NetworkEvent, 'place'> {
  if (typeof longitude !== 'number' || typeof latitude !== 'number') return {}
  return Number.isFinite(longitude) && Number.isFinite(latitude) ? { place: [longitude, latitude] } : {}
}

function numberOf(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined
}
