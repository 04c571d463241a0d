import type { MapContext } from '../../kit/mapping/mapper.ts'
import type { EntityDocument } from '../../kit/values/entity-document.ts'
import { point, property } from '../../kit/values/entity-document.ts'
import { unmapped } from '../../kit/values/fault.ts'
import { iriOf } from '../../kit/values/iri-of.ts'
import type { Json, JsonMap } from '../../kit/values/json.ts'
import { isJsonMap, member, textMember } from '../../kit/values/json.ts'
import { type Quantity, toCanonical } from '../../kit/values/units.ts'

/** What a symbol of the circular means: the attribute, and the quantity whose unit is canonical. */
interface Parameter {
  readonly attribute: string
  readonly quantity?: Quantity
}

const AIR: Readonly<Record<string, Parameter>> = {
  'PM2.5': { attribute: 'pm25', quantity: 'mass' },
  PM10: { attribute: 'pm10', quantity: 'mass' },
  O3: { attribute: 'o3', quantity: 'mass' },
  NO2: { attribute: 'no2', quantity: 'mass' },
  SO2: { attribute: 'so2', quantity: 'mass' },
  CO: { attribute: 'co', quantity: 'mass' },
  NO: { attribute: 'no', quantity: 'mass' },
  NH3: { attribute: 'nh3', quantity: 'mass' },
  H2S: { attribute: 'h2s', quantity: 'mass' },
  TEMP: { attribute: 'temperature', quantity: 'temperature' },
  RH: { attribute: 'relativeHumidity', quantity: 'ratio' },
}

const WATER: Readonly<Record<string, Parameter>> = {
  PH: { attribute: 'pH' },
  COD: { attribute: 'cod', quantity: 'concentration' },
  BOD5: { attribute: 'bod5', quantity: 'concentration' },
  TSS: { attribute: 'tss', quantity: 'concentration' },
  NH4: { attribute: 'ammonium', quantity: 'concentration' },
  TN: { attribute: 'totalNitrogen', quantity: 'concentration' },
  TP: { attribute: 'totalPhosphorus', quantity: 'concentration' },
  TOC: { attribute: 'toc', quantity: 'concentration' },
  CL: { attribute: 'chloride', quantity: 'concentration' },
  COLOR: { attribute: 'waterColor' },
  FLOW: { attribute: 'flow', quantity: 'flow' },
  TEMP: { attribute: 'temperature', quantity: 'temperature' },
}

/** Turns one reading of a station into the entity of that station; a device error has a status and no value. */
export function map(record: Json, context: MapContext): readonly EntityDocument[] {
  const reading = readingOf(record)
  const station = stationOf(record, context)
  const parameter = parameterOf(reading.parameter, station.type)
  return [
    {
      id: iriOf(station.type, context.variables.city ?? '', station.key),
      type: station.type,
      name: property(station.name),
      stationCode: property(station.key),
      location: point(station.longitude, station.latitude),
      ...(station.waterKind !== undefined && { waterKind: property(station.waterKind) }),
      ...(reading.value !== null && { [parameter.attribute]: measurement(reading, parameter) }),
      observationStatus: {
        ...property(reading.status, { observedAt: reading.observedAt }),
        datasetId: `urn:ngsi-ld:Dataset:${parameter.attribute}`,
      },
    },
  ]
}

interface Reading {
  readonly parameter: string
  readonly value: number | null
  readonly unit?: string
  readonly observedAt: string
  readonly status: string
}

function readingOf(record: Json): Reading {
  const value = member(record, 'value')
  const unit = textMember(record, 'unit')
  return {
    parameter: textMember(record, 'parameter') ?? '',
    value: typeof value === 'number' ? value : null,
    ...(unit !== undefined && { unit }),
    observedAt: textMember(record, 'observedAt') ?? '',
    status: textMember(record, 'status') ?? '',
  }
}

function measurement(reading: Reading, { quantity, attribute }: Parameter): JsonMap {
  const { observedAt, status } = reading
  const details = { observedAt, with: { observationStatus: property(status) } }
  if (reading.value === null || quantity === undefined) return property(reading.value, details)
  const given = { value: reading.value, ...(reading.unit !== undefined && { unit: reading.unit }) }
  const { value, unitCode } = toCanonical(given, quantity, attribute)
  return property(value, { ...details, unitCode })
}

/** Symbols come in any case; PM2.5 comes with a comma too. */
function parameterOf(symbol: string, type: string): Parameter {
  const table = type === 'AirQualityObserved' ? AIR : WATER
  const name = symbol.toUpperCase().replace(',', '.')
  const parameter = Object.hasOwn(table, name) ? table[name] : undefined
  if (!parameter) throw unmapped(`Parameter ${symbol.slice(0, 20)} is not known for ${type}`)
  return parameter
}

interface Station {
  readonly key: string
  readonly name: string
  readonly type: string
  readonly longitude: number
  readonly latitude: number
  readonly waterKind?: string
}

function stationOf(record: Json, { tables }: MapContext): Station {
  const key = `${textMember(record, 'station') ?? ''}_${textMember(record, 'kind') ?? ''}`
  const station = member(tables.stations, key)
  if (!isJsonMap(station)) throw unmapped(`Station ${key} is not in the table of the feed`)
  const waterKind = textMember(station, 'waterKind')
  return {
    key,
    name: textMember(station, 'name') ?? key,
    type: textMember(station, 'type') ?? 'AirQualityObserved',
    longitude: Number(member(station, 'longitude')),
    latitude: Number(member(station, 'latitude')),
    ...(waterKind !== undefined && { waterKind }),
  }
}
