import type { MapContext } from '../../kit/mapping/mapper.ts'
import { type EntityDocument, point, property, timeProperty } from '../../kit/values/entity-document.ts'
import { unmapped } from '../../kit/values/fault.ts'
import { iriOf } from '../../kit/values/iri-of.ts'
import { isJsonMap, type Json, type JsonMap, member, textMember } from '../../kit/values/json.ts'
import { toUtc } from '../../kit/values/local-time.ts'

/** Vietnam with its sea, generously: west, south, east, north. */
const COUNTRY = [102, 7, 118, 24] as const

/** Members of GeoReport v2 that are read, or of no use here. */
const OF_SERVICES = new Set([
  ...['service_code', 'service_name', 'description', 'metadata', 'type', 'keywords', 'group'],
])
const OF_REQUESTS = new Set([
  ...['service_request_id', 'token', 'status', 'status_notes', 'service_name', 'service_code', 'description'],
  ...['agency_responsible', 'service_notice', 'requested_datetime', 'updated_datetime', 'expected_datetime'],
  ...['address', 'address_string', 'address_id', 'zipcode', 'lat', 'long', 'media_url', 'jurisdiction_id'],
])

/** Who sent a request: never read. */
const OF_PERSONS = new Set(['first_name', 'last_name', 'email', 'phone', 'device_id', 'account_id'])

/** Turns a service or a service request into an entity; what it says about its sender stays behind. */
export function map(record: Json, context: MapContext): readonly EntityDocument[] {
  if (!isJsonMap(record)) throw unmapped('Record is neither a service nor a service request')
  const isRequest = Object.hasOwn(record, 'service_request_id') || Object.hasOwn(record, 'requested_datetime')
  noticeUnknown(record, isRequest ? OF_REQUESTS : OF_SERVICES, context)
  return [isRequest ? requestOf(record, context) : serviceOf(record, context)]
}

function noticeUnknown(record: JsonMap, known: ReadonlySet<string>, { notice }: MapContext): void {
  for (const name of Object.keys(record)) {
    if (OF_PERSONS.has(name)) notice('Source tells who sent requests, which is not read')
    else if (!known.has(name)) notice(`Member ${name.slice(0, 40)} is none of GeoReport v2`)
  }
}

function serviceOf(record: JsonMap, { variables, feed }: MapContext): EntityDocument {
  const code = codeOf(record, 'service_code') ?? ''
  return {
    id: iriOf('ServiceType', variables.city ?? '', code),
    type: 'ServiceType',
    code: property(code),
    ...texts(record, [
      ['name', 'service_name'],
      ['description', 'description'],
      ['category', 'group'],
    ]),
    agencyResponsible: property(feed.dataProvider),
  }
}

/** A request has its status since it was last updated: one that is older, on a later page or in a later answer, changes nothing. */
function requestOf(record: JsonMap, context: MapContext): EntityDocument {
  const code = codeOf(record, 'service_request_id') ?? ''
  const requested = timeOf(record, 'requested_datetime')
  const updated = timeOf(record, 'updated_datetime') ?? requested
  const status = statusOf(record, context)
  return {
    id: iriOf('ServiceRequest', context.variables.city ?? '', code),
    type: 'ServiceRequest',
    requestCode: property(code),
    ...texts(record, [
      ['category', 'service_name'],
      ['description', 'description'],
      ['statusNotes', 'status_notes'],
      ['agencyResponsible', 'agency_responsible'],
    ]),
    status: property(status, updated === undefined ? {} : { observedAt: updated }),
    ...(requested !== undefined && { requestedAt: timeProperty(requested) }),
    ...times(record, 'expectedAt', 'expected_datetime'),
    ...(status === 'resolved' && updated !== undefined && { resolvedAt: timeProperty(updated) }),
    ...placeOf(record, context),
    ...addressOf(record),
    ...mediaOf(record),
  }
}

function statusOf(record: JsonMap, { tables }: MapContext): string {
  const status = textMember(tables.statuses, textMember(record, 'status')?.toLowerCase() ?? '')
  if (status === undefined) throw unmapped('Status is not in the table of the feed')
  return status
}

/** Some servers write codes as numbers. */
function codeOf(record: JsonMap, name: string): string | undefined {
  const code = member(record, name)
  return typeof code === 'number' ? String(code) : textMember(record, name)
}

function texts(record: JsonMap, pairs: readonly (readonly [string, string])[]): JsonMap {
  return Object.fromEntries(
    pairs.flatMap(([attribute, name]) => {
      const text = textMember(record, name)
      return text === undefined ? [] : [[attribute, property(text)]]
    }),
  )
}

function times(record: JsonMap, attribute: string, name: string): JsonMap {
  const time = timeOf(record, name)
  return time === undefined ? {} : { [attribute]: timeProperty(time) }
}

function timeOf(record: JsonMap, name: string): string | undefined {
  const text = textMember(record, name)
  return text === undefined ? undefined : toUtc(text)
}

function placeOf(record: JsonMap, { doubt }: MapContext): JsonMap {
  const [latitude, longitude] = [coordinate(record, 'lat'), coordinate(record, 'long')]
  if (latitude === undefined || longitude === undefined) return {}
  const [west, south, east, north] = COUNTRY
  if (longitude >= west && longitude <= east && latitude >= south && latitude <= north)
    return { location: point(longitude, latitude) }
  doubt('Place is outside Vietnam')
  return {}
}

/** Numbers, also as texts; servers write 0 for nowhere. */
function coordinate(record: JsonMap, name: string): number | undefined {
  const value = member(record, name)
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) && number !== 0 ? number : undefined
}

function addressOf(record: JsonMap): JsonMap {
  const street = textMember(record, 'address') ?? textMember(record, 'address_string')
  const postalCode = codeOf(record, 'zipcode')
  if (street === undefined) return {}
  return {
    address: property({
      addressCountry: 'VN',
      streetAddress: street,
      ...(postalCode !== undefined && { postalCode }),
    }),
  }
}

function mediaOf(record: JsonMap): JsonMap {
  const url = textMember(record, 'media_url')
  return url !== undefined && URL.canParse(url) ? { media: property(url) } : {}
}
