import type { MapContext } from '../../kit/mapping/mapper.ts'
import type { EntityDocument } from '../../kit/values/entity-document.ts'
import { point, property } from '../../kit/values/entity-document.ts'
import { unmapped } from '../../kit/values/fault.ts'
import { iriOf } from '../../kit/values/iri-of.ts'
import type { Json, JsonMap } from '../../kit/values/json.ts'
import { member, textMember } from '../../kit/values/json.ts'
import { toUtc } from '../../kit/values/local-time.ts'
import { toNumber } from '../../kit/values/measure.ts'

/** Vietnam with its sea, generously: west, south, east, north. */
const COUNTRY = [102, 7, 118, 24] as const

/** Texts that are taken as they are: the field of the application and the attribute. */
const TEXTS = [
  ['linhVuc', 'category'],
  ['noiDung', 'description'],
] as const

/**
 * Turns one report into a service request. Who reported it goes only into the attributes that the vocabulary
 * classifies as personal; the description is free text and may name anybody.
 */
export function map(record: Json, context: MapContext): readonly EntityDocument[] {
  const code = textMember(record, 'id') ?? ''
  const reporter = member(record, 'nguoiGui')
  return [
    {
      id: iriOf('ServiceRequest', context.variables.city ?? '', code),
      type: 'ServiceRequest',
      requestCode: property(code),
      ...texts(record, TEXTS),
      status: statusOf(record, context),
      requestedAt: dateTime(toUtc(textMember(record, 'thoiGian') ?? '', 'dd/MM/yyyy HH:mm')),
      ...deadline(record),
      ...texts(reporter, [
        ['hoTen', 'reporterName'],
        ['sdt', 'reporterPhone'],
      ]),
      ...locationOf(record, context),
    },
  ]
}

function texts(from: Json | undefined, pairs: readonly (readonly [string, string])[]): JsonMap {
  const found = pairs.map(([field, attribute]) => [attribute, textMember(from, field)] as const)
  return Object.fromEntries(
    found.flatMap(([attribute, text]) => (text === undefined ? [] : [[attribute, property(text)]])),
  )
}

function statusOf(record: Json, { tables }: MapContext): JsonMap {
  const status = textMember(tables.statuses, textMember(record, 'trangThai') ?? '')
  if (status === undefined) throw unmapped('Status is not in the table of the feed')
  const changed = textMember(record, 'capNhat')
  return property(status, changed === undefined ? {} : { observedAt: toUtc(changed, 'dd/MM/yyyy HH:mm') })
}

/** A day to answer by lasts until its end. */
function deadline(record: Json): JsonMap {
  const day = textMember(record, 'hanXuLy')
  return day === undefined ? {} : { expectedAt: dateTime(toUtc(`${day} 23:59:59`, 'dd/MM/yyyy HH:mm:ss')) }
}

function dateTime(utc: string): JsonMap {
  return property({ '@type': 'DateTime', '@value': utc })
}

function locationOf(record: Json, context: MapContext): JsonMap {
  const latitude = coordinate(record, 'viDo')
  const longitude = coordinate(record, 'kinhDo')
  if (latitude === undefined || longitude === undefined) return {}
  const [west, south, east, north] = COUNTRY
  const inside = longitude >= west && longitude <= east && latitude >= south && latitude <= north
  if (inside) return { location: point(longitude, latitude) }
  context.doubt('Place is outside Vietnam')
  return {}
}

function coordinate(record: Json, field: string): number | undefined {
  const value = member(record, field)
  if (typeof value === 'number') return value
  return typeof value === 'string' && value.trim() !== '' ? toNumber(value) : undefined
}
