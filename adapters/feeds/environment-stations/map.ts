import { reading } from '../../kit/mapping/channel.ts'
import type { MapContext } from '../../kit/mapping/mapper.ts'
import type { EntityDocument } from '../../kit/values/entity-document.ts'
import { point, property } from '../../kit/values/entity-document.ts'
import { unmapped } from '../../kit/values/fault.ts'
import { iriOf } from '../../kit/values/iri-of.ts'
import type { Json, JsonMap } from '../../kit/values/json.ts'
import { isJsonMap, member, textMember } from '../../kit/values/json.ts'
import { type Quantity, toCanonical } from '../../kit/values/units.ts'
import { matches } from '../../transports/folder.ts'

/** What a symbol of the circular means: the attribute, and the quantity whose unit is canonical. */
interface Parameter {
  readonly attribute: string
  readonly quantity?: Quantity
}

const AIR: Readonly<Record<string, Parameter>> = {
  PM: { attribute: 'tsp', quantity: 'mass' },
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

/** Of the gas in a stack. */
const STACK: Readonly<Record<string, Parameter>> = {
  PM: { attribute: 'dust', quantity: 'mass' },
  SO2: { attribute: 'so2', quantity: 'mass' },
  NO2: { attribute: 'no2', quantity: 'mass' },
  NO: { attribute: 'no', quantity: 'mass' },
  NOX: { attribute: 'nox', quantity: 'mass' },
  CO: { attribute: 'co', quantity: 'mass' },
  NH3: { attribute: 'nh3', quantity: 'mass' },
  H2S: { attribute: 'h2s', quantity: 'mass' },
  VHG: { attribute: 'mercury', quantity: 'mass' },
  O2: { attribute: 'oxygen', quantity: 'ratio' },
  FLOW: { attribute: 'flow', quantity: 'flow' },
  TEMP: { attribute: 'temperature', quantity: 'temperature' },
  P: { attribute: 'stackPressure', quantity: 'pressure' },
}

/** Of a well or intake (Circular 17/2021/TT-BTNMT). */
const ABSTRACTION: Readonly<Record<string, Parameter>> = {
  FLOW: { attribute: 'flow', quantity: 'flow' },
  LUULUONG: { attribute: 'flow', quantity: 'flow' },
  TONGLUULUONG: { attribute: 'abstractedVolume', quantity: 'volume' },
  LEVEL: { attribute: 'waterLevel', quantity: 'length' },
  MUCNUOC: { attribute: 'waterLevel', quantity: 'length' },
  TEMP: { attribute: 'temperature', quantity: 'temperature' },
  NHIETDO: { attribute: 'temperature', quantity: 'temperature' },
}

const PARAMETERS: Readonly<Record<string, Readonly<Record<string, Parameter>>>> = {
  AirQualityObserved: AIR,
  WaterQualityObserved: WATER,
  EmissionObserved: STACK,
  WaterAbstractionObserved: ABSTRACTION,
}

/** Turns one reading of a station into the entity of that station; a device error has a status and no value. */
export function map(record: Json, context: MapContext): readonly EntityDocument[] {
  const line = lineOf(record)
  const station = stationOf(record, context)
  const parameter = parameterOf(line.parameter, station.type)
  const measured = measurement(line, parameter, { type: station.type, doubt: context.doubt })
  return [
    {
      id: iriOf(station.type, context.variables.city ?? '', station.key),
      type: station.type,
      name: property(station.name),
      stationCode: property(station.key),
      location: point(station.longitude, station.latitude),
      ...(station.waterKind !== undefined && { waterKind: property(station.waterKind) }),
      ...(measured && { [parameter.attribute]: measured }),
      observationStatus: {
        ...property(line.status, { observedAt: line.observedAt }),
        datasetId: `urn:ngsi-ld:Dataset:${parameter.attribute}`,
      },
    },
  ]
}

interface Line {
  readonly parameter: string
  readonly value: number | null
  readonly unit?: string
  readonly observedAt: string
  readonly status: string
}

function lineOf(record: Json): Line {
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

/** What cannot be true is told and left out; without a value there is nothing to tell. */
function measurement(
  { value, unit, observedAt, status }: Line,
  { quantity, attribute }: Parameter,
  { type, doubt }: { readonly type: string; readonly doubt: MapContext['doubt'] },
): JsonMap | undefined {
  if (value === null) return undefined
  const given = { value, ...(unit !== undefined && { unit }) }
  const canonical = quantity === undefined ? value : toCanonical(given, quantity, attribute).value
  const details = { observedAt, with: { observationStatus: property(status) } }
  return reading({ type, attribute }, canonical, { ...details, doubt })
}

/** Symbols come in any case; PM2.5 comes with a comma too. */
function parameterOf(symbol: string, type: string): Parameter {
  const table = PARAMETERS[type] ?? {}
  const name = symbol.toUpperCase().replace(',', '.')
  const parameter = Object.hasOwn(table, name) ? table[name] : undefined
  if (!parameter) throw unmapped(`Parameter is not known for ${type}`)
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

/** Files that are named otherwise are those of the station whose pattern has their name. */
function keyOf(record: Json, { tables, input }: MapContext): string {
  const patterns = isJsonMap(tables.files) ? Object.keys(tables.files) : []
  const pattern = patterns.find((one) => matches(input.name, one))
  const [station, kind] = [textMember(record, 'station'), textMember(record, 'kind')]
  if (pattern !== undefined) return textMember(tables.files, pattern) ?? ''
  if (station !== undefined && kind !== undefined) return `${station}_${kind}`
  throw unmapped('File name is not province_station_type_time, and no pattern of the table has it')
}

function stationOf(record: Json, context: MapContext): Station {
  const { tables } = context
  const key = keyOf(record, context)
  const station = member(tables.stations, key)
  if (!isJsonMap(station)) throw unmapped('Station is not in the table of the feed')
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
