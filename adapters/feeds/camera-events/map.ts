import type { MapContext } from '../../kit/mapping/mapper.ts'
import type { EntityDocument } from '../../kit/values/entity-document.ts'
import { point, property, relationship, timeProperty } from '../../kit/values/entity-document.ts'
import { RecordFault, unmapped } from '../../kit/values/fault.ts'
import { iriOf } from '../../kit/values/iri-of.ts'
import { isJsonMap, type Json, type JsonMap, member, textMember } from '../../kit/values/json.ts'
import { toUtc } from '../../kit/values/local-time.ts'

const MEMBERS = new Set(['UtcTime', 'PropertyOperation', 'Source', 'Key', 'Data'])
/** Beside a detector, data may say how sure it is; nothing else of it leaves the adapter. */
const CONFIDENCE = 'Confidence'
const MEDIA = /image|picture|snapshot|photo|frame|video|audio|thumbnail/i

/** Turns a message of a camera into one event for each detector that is true in it; one that is false ends nothing here. */
export function map(record: Json, context: MapContext): readonly EntityDocument[] {
  for (const name of isJsonMap(record) ? Object.keys(record) : []) judge(name, MEMBERS, context)
  const data = itemsOf(record, 'Data')
  const code = textMember(itemsOf(record, 'Source'), 'VideoSourceToken') ?? ''
  const camera = member(context.tables.cameras, code)
  if (!isJsonMap(camera)) throw unmapped('Camera is not in the table of the feed')
  const occurredAt = toUtc(textMember(record, 'UtcTime') ?? '')
  if (textMember(record, 'PropertyOperation') === 'Deleted') return []
  const found = detectedIn(data, context)
  return found.map((eventType) => ({
    id: iriOf('CameraEvent', context.variables.city ?? '', code, eventType, occurredAt),
    type: 'CameraEvent',
    eventType: property(eventType, { observedAt: occurredAt }),
    occurredAt: timeProperty(occurredAt),
    refDevice: relationship(iriOf('Camera', context.variables.city ?? '', code)),
    location: point(Number(member(camera, 'longitude')), Number(member(camera, 'latitude'))),
    ...confidenceOf(data, context),
  }))
}

/** A member may be new; one that is called as media are is of no record that may come here. */
function judge(name: string, known: ReadonlySet<string>, { notice }: MapContext): void {
  if (known.has(name)) return
  if (MEDIA.test(name))
    throw new RecordFault('private', 'Event comes with media: feeds of cameras bring events alone')
  notice(`Member ${name.slice(0, 40)} is not known`)
}

/** The items of ONVIF: members of an object, or elements with Name and Value. */
function itemsOf(record: Json, name: string): JsonMap {
  const part = member(record, name)
  const items = member(part, 'SimpleItem')
  if (items === undefined) return isJsonMap(part) ? part : {}
  const list: readonly Json[] = Array.isArray(items) ? items : [items]
  return Object.fromEntries(
    list.map((item): [string, Json] => [textMember(item, 'Name') ?? '', member(item, 'Value') ?? null]),
  )
}

function detectedIn(data: JsonMap, context: MapContext): readonly string[] {
  const detectors = Object.keys(isJsonMap(context.tables.detectors) ? context.tables.detectors : {})
  const known = new Set([...detectors, CONFIDENCE])
  for (const name of Object.keys(data)) judge(name, known, context)
  const told = detectors.filter((name) => Object.hasOwn(data, name))
  if (told.length === 0) throw unmapped('Message has no detector that is in the table of the feed')
  return told
    .filter((name) => data[name] === true || data[name] === 'true' || data[name] === '1')
    .flatMap((name) => textMember(context.tables.detectors, name) ?? [])
}

function confidenceOf(data: JsonMap, { doubt }: MapContext): JsonMap {
  const given = member(data, CONFIDENCE)
  if (given === undefined) return {}
  const share = Number(given)
  if (share >= 0 && share <= 1) return { confidenceLevel: property(share, { unitCode: 'C62' }) }
  doubt('Confidence is out of its range')
  return {}
}
