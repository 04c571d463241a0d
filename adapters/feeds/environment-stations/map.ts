import { reading } from '../../kit/mapping/channel.ts'
import type { MapContext } from '../../kit/mapping/mapper.ts'
import type { EntityDocument } from '../../kit/values/entity-document.ts'
import { point, property } from '../../kit/values/entity-document.ts'
import { unmapped } from '../../kit/values/fault.ts'
import { iriOf } from '../../kit/values/iri-of.ts'
import type { Json, JsonMap } from '../../kit/values/json.ts'
import { isJsonMap, member, textMember } from '../../kit/values/json.ts'
import { matches } from '../../transports/folder.ts'

/** Attributes by the symbols of the circular. */
type Parameters = Readonly<Record<string, string>>

const AIR: Parameters = {
  PM: 'tsp',
  'PM2.5': 'pm25',
  PM10: 'pm10',
  O3: 'o3',
  NO2: 'no2',
  SO2: 'so2',
  CO: 'co',
  NO: 'no',
  NH3: 'nh3',
  H2S: 'h2s',
  TEMP: 'temperature',
  RH: 'relativeHumidity',
}

const WATER: Parameters = {
  PH: 'pH',
  COD: 'cod',
  BOD5: 'bod5',
  TSS: 'tss',
  NH4: 'ammonium',
  TN: 'totalNitrogen',
  TP: 'totalPhosphorus',
  TOC: 'toc',
  CL: 'chloride',
  COLOR: 'waterColor',
  FLOW: 'flow',
  TEMP: 'temperature',
}

/** Of the gas in a stack. */
const STACK: Parameters = {
  PM: 'dust',
  SO2: 'so2',
  NO2: 'no2',
  NO: 'no',
  NOX: 'nox',
  CO: 'co',
  NH3: 'nh3',
  H2S: 'h2s',
  VHG: 'mercury',
  O2: 'oxygen',
  FLOW: 'flow',
  TEMP: 'temperature',
  P: 'stackPressure',
}

/** Of a well or intake (Circular 17/2021/TT-BTNMT). */
const ABSTRACTION: Parameters = {
  FLOW: 'flow',
  LUULUONG: 'flow',
  TONGLUULUONG: 'abstractedVolume',
  LEVEL: 'waterLevel',
  MUCNUOC: 'waterLevel',
  TEMP: 'temperature',
  NHIETDO: 'temperature',
}

const PARAMETERS: Readonly<Record<string, Parameters>> = {
  AirQualityObserved: AIR,
  WaterQualityObserved: WATER,
  EmissionObserved: STACK,
  WaterAbstractionObserved: ABSTRACTION,
}

/** Turns one reading of a station into the entity of that station; a device error has a status and no value. */
export function map(record: Json, context: MapContext): readonly EntityDocument[] {
  const line = lineOf(record)
  const station = stationOf(record, context)
  const attribute = attributeOf(line.parameter, station.type)
  const measured = measurement(line, { type: station.type, attribute }, context)
  const observationStatus = property(line.status, {
    observedAt: line.observedAt,
    with: { datasetId: `urn:ngsi-ld:Dataset:${attribute}` },
  })
  return [Object.assign({}, station, measured && { [attribute]: measured }, { observationStatus })]
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
  of: { readonly type: string; readonly attribute: string },
  { doubt }: MapContext,
): JsonMap | undefined {
  const details = { observedAt, with: { observationStatus: property(status) }, doubt }
  return reading({ ...of, ...(unit !== undefined && { unit }) }, value, details)
}

/** Symbols come in any case; PM2.5 comes with a comma too. */
function attributeOf(symbol: string, type: string): string {
  const table = PARAMETERS[type] ?? {}
  const name = symbol.toUpperCase().replace(',', '.')
  const attribute = Object.hasOwn(table, name) ? table[name] : undefined
  if (attribute === undefined) throw unmapped(`Parameter is not known for ${type}`)
  return attribute
}

interface Station extends EntityDocument {
  readonly type: string
}

/** What each reading says of its station, by the tables of the feed. */
const known = new WeakMap<JsonMap, Map<string, Station>>()

/** What tells the station of a reading. */
interface Named extends Pick<MapContext, 'tables' | 'variables' | 'input'> {
  readonly station: string | undefined
  readonly kind: string | undefined
}

/** The station that was asked for last: all lines of a file are of one. */
let last: { readonly named: Named; readonly station: Station } | undefined

function stationOf(record: Json, { tables, variables, input }: MapContext): Station {
  const [station, kind] = [textMember(record, 'station'), textMember(record, 'kind')]
  const named = { tables, variables, input, station, kind }
  if (!last || !isSame(last.named, named)) last = { named, station: stationNamed(named) }
  return last.station
}

function isSame(left: Named, right: Named): boolean {
  return (
    left.input === right.input &&
    left.tables === right.tables &&
    left.variables === right.variables &&
    left.station === right.station &&
    left.kind === right.kind
  )
}

function stationNamed(named: Named): Station {
  const { tables, variables } = named
  const stations = known.get(tables) ?? new Map<string, Station>()
  known.set(tables, stations)
  const key = keyOf(named)
  const place = `${variables.city} ${key}`
  const station = stations.get(place) ?? described(key, named)
  stations.set(place, station)
  return station
}

/** Files that are named otherwise are those of the station whose pattern has their name. */
function keyOf({ tables, input, station, kind }: Named): string {
  const patterns = isJsonMap(tables.files) ? Object.keys(tables.files) : []
  const pattern = patterns.find((one) => matches(input.name, one))
  if (pattern !== undefined) return textMember(tables.files, pattern) ?? ''
  if (station !== undefined && kind !== undefined) return `${station}_${kind}`
  throw unmapped('File name is not province_station_type_time, and no pattern of the table has it')
}

function described(key: string, { tables, variables }: Named): Station {
  const station = member(tables.stations, key)
  if (!isJsonMap(station)) throw unmapped('Station is not in the table of the feed')
  const type = textMember(station, 'type') ?? 'AirQualityObserved'
  const waterKind = textMember(station, 'waterKind')
  return {
    id: iriOf(type, variables.city ?? '', key),
    type,
    name: property(textMember(station, 'name') ?? key),
    stationCode: property(key),
    location: point(Number(member(station, 'longitude')), Number(member(station, 'latitude'))),
    ...(waterKind !== undefined && { waterKind: property(waterKind) }),
  }
}
