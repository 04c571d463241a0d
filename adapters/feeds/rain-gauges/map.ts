import { channelOf, described, reading } from '../../kit/mapping/channel.ts'
import { unitNamed } from '../../kit/mapping/feed-places.ts'
import type { MapContext } from '../../kit/mapping/mapper.ts'
import {
  type EntityDocument,
  property,
  relationship,
  timeProperty,
} from '../../kit/values/entity-document.ts'
import { RecordFault, unmapped } from '../../kit/values/fault.ts'
import { iriOf } from '../../kit/values/iri-of.ts'
import { isJsonMap, type Json, type JsonMap, member, textMember } from '../../kit/values/json.ts'
import { toUtc } from '../../kit/values/local-time.ts'

const TYPE = 'RainfallObserved'
const MEMBERS = new Set(['station', 'sumDepth', 'level', 'color'])
const DAY_MS = 86_400_000
/** 19:00 in Vietnam. */
const DAY_STARTS_MS = 12 * 3_600_000

/** Turns the state of a gauge into the rain since 19:00; without a time in it, it was so when it came. */
export function map(record: Json, context: MapContext): readonly EntityDocument[] {
  const { tables, variables, input, notice } = context
  for (const name of isJsonMap(record) ? Object.keys(record) : [])
    if (!MEMBERS.has(name)) notice(`Member ${name.slice(0, 40)} is not known`)
  const station = member(record, 'station')
  const code = textMember(station, 'uuid')
  if (code === undefined) throw unmapped('Record has no uuid of a station')
  if (input.receivedAt === undefined) throw unmapped('Record has no time, and it is not known when it came')
  const place = member(tables.stations, code)
  if (place === undefined) notice('Some station is not in the table of the feed, and has no place')
  const name = textMember(station, 'name')
  const observedAt = toUtc(input.receivedAt)
  const observed = observedIn(record, observedAt, context)
  return [
    {
      ...(name !== undefined && { name: property(name) }),
      stationCode: property(code),
      ...described(place),
      ...addressOf(textMember(station, 'address'), context),
      ...(Object.keys(observed).length > 0 && {
        periodStart: timeProperty(dayStart(observedAt), { observedAt }),
      }),
      ...observed,
      id: iriOf(TYPE, variables.city ?? '', code),
      type: TYPE,
    },
  ]
}

function observedIn(record: Json, observedAt: string, { tables, doubt }: MapContext): JsonMap {
  const rows = isJsonMap(tables.values) ? Object.entries(tables.values) : []
  return Object.fromEntries(
    rows.flatMap(([name, row]) => {
      const channel = channelOf(row, TYPE)
      const attribute = channel && reading(channel, member(record, name), { observedAt, doubt })
      return channel && attribute ? [[channel.attribute, attribute] as const] : []
    }),
  )
}

/** A rain day is without its start and with its end: what is told at 19:00 is of the day before. */
function dayStart(utc: string): string {
  const at = Math.ceil((Date.parse(utc) - DAY_STARTS_MS) / DAY_MS) * DAY_MS + DAY_STARTS_MS - DAY_MS
  return `${new Date(at).toISOString().slice(0, 19)}Z`
}

/** The first part of an address that names a unit of today says which one it is in. */
function addressOf(text: string | undefined, { places }: MapContext): JsonMap {
  if (text === undefined) return {}
  const address = { address: property({ addressCountry: 'VN', streetAddress: text }) }
  for (const name of text.split(',')) {
    try {
      return { ...address, refAdministrativeUnit: relationship(unitNamed(places, { name })) }
    } catch (fault) {
      if (!(fault instanceof RecordFault)) throw fault
    }
  }
  return address
}
