import type { MapContext } from '../../kit/mapping/mapper.ts'
import type { EntityDocument } from '../../kit/values/entity-document.ts'
import { point, property, relationship } from '../../kit/values/entity-document.ts'
import { unmapped } from '../../kit/values/fault.ts'
import { iriOf } from '../../kit/values/iri-of.ts'
import { isJsonMap, type Json, type JsonMap, member, textMember } from '../../kit/values/json.ts'
import { toUtc } from '../../kit/values/local-time.ts'
import { toNumber } from '../../kit/values/measure.ts'

/** What cameras write where they saw a vehicle and no plate. */
const NOT_READ = new Set(['', 'UNKNOWN', 'NOPLATE', 'NONE'])

/**
 * Turns one event into the passage of a vehicle. The plate becomes a keyed hash; the id is a hash of the passage, so that ids of one
 * vehicle have nothing in common.
 */
export function map(record: Json, context: MapContext): readonly EntityDocument[] {
  if (textMember(record, 'eventType')?.toUpperCase() !== 'ANPR') throw unmapped('Event is no plate reading')
  const reading = member(record, 'ANPR')
  const code = textMember(record, 'deviceID') ?? textMember(record, 'channelName') ?? ''
  const camera = member(context.tables.cameras, code)
  if (!isJsonMap(camera)) throw unmapped('Camera is not in the table of the feed')
  const observedAt = toUtc(textMember(record, 'dateTime') ?? '')
  const plate = (textMember(reading, 'licensePlate') ?? '').toUpperCase().replace(/[^0-9A-ZĐ]/g, '')
  const line = textOf(reading, 'line')
  const { city = '' } = context.variables
  return [
    {
      id: iriOf('AnprFlowObserved', city, context.hash([code, line, observedAt, plate].join('|'))),
      type: 'AnprFlowObserved',
      refDevice: relationship(iriOf('Camera', city, code)),
      location: point(Number(member(camera, 'longitude')), Number(member(camera, 'latitude'))),
      ...(/^\d{1,2}$/.test(line) && { laneId: property(Number(line)) }),
      ...plateOf(plate, observedAt, context),
      ...confidenceOf(textOf(reading, 'confidenceLevel'), observedAt, context),
      ...vehicleOf(textMember(reading, 'vehicleType'), observedAt, context),
    },
  ]
}

function plateOf(plate: string, observedAt: string, { hash }: MapContext): JsonMap {
  const vehiclePlateNotRead = property(NOT_READ.has(plate), { observedAt })
  if (NOT_READ.has(plate)) return { vehiclePlateNotRead }
  return { vehiclePlateNotRead, plateHash: property(hash(plate), { observedAt }) }
}

/** Cameras tell hundredths. */
function confidenceOf(text: string, observedAt: string, { doubt }: MapContext): JsonMap {
  if (text === '') return {}
  const percent = toNumber(text)
  if (percent >= 0 && percent <= 100)
    return { confidenceLevel: property(percent / 100, { observedAt, unitCode: 'C62' }) }
  doubt('Confidence is out of its range')
  return {}
}

function vehicleOf(kind: string | undefined, observedAt: string, { tables, notice }: MapContext): JsonMap {
  if (kind === undefined) return {}
  const ours = textMember(tables.vehicleTypes, kind)
  if (ours === undefined) notice('Kind of vehicle is not in the table of the feed')
  return { vehicleType: property(ours ?? 'other', { observedAt }) }
}

/** Numbers come as numbers in JSON, and as text in XML. */
function textOf(from: Json | undefined, name: string): string {
  const value = member(from, name)
  return typeof value === 'number' ? String(value) : (textMember(from, name) ?? '')
}
