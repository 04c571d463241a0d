import type { MapContext } from '../../kit/mapping/mapper.ts'
import type { EntityDocument } from '../../kit/values/entity-document.ts'
import { point, property } from '../../kit/values/entity-document.ts'
import { unmapped } from '../../kit/values/fault.ts'
import { iriOf } from '../../kit/values/iri-of.ts'
import type { Json, JsonMap } from '../../kit/values/json.ts'
import { isJsonMap, member, textMember } from '../../kit/values/json.ts'
import { toUtc } from '../../kit/values/local-time.ts'
import { isNoValue, toMeasure, toNumber } from '../../kit/values/measure.ts'
import { type Quantity, toCanonical } from '../../kit/values/units.ts'

/** A column, the attribute it becomes, and what it measures. */
interface Column {
  readonly column: string
  readonly attribute: string
  readonly quantity: Quantity
  /** Variable of the feed that names the unit, where the table does not. */
  readonly unitVariable?: string
}

const COLUMNS: readonly Column[] = [
  { column: 'pm25', attribute: 'pm25', quantity: 'mass' },
  { column: 'pm10', attribute: 'pm10', quantity: 'mass' },
  { column: 'o3', attribute: 'o3', quantity: 'mass', unitVariable: 'gasUnit' },
  { column: 'no2', attribute: 'no2', quantity: 'mass', unitVariable: 'gasUnit' },
  { column: 'so2', attribute: 'so2', quantity: 'mass', unitVariable: 'gasUnit' },
  { column: 'co', attribute: 'co', quantity: 'mass', unitVariable: 'coUnit' },
  { column: 'temperature', attribute: 'temperature', quantity: 'temperature' },
  { column: 'humidity', attribute: 'relativeHumidity', quantity: 'ratio' },
  { column: 'wind_speed', attribute: 'windSpeed', quantity: 'speed' },
]

/** Highest air temperature that is believed; the collector writes some of its readings in °F without saying so. */
const HOTTEST_CELSIUS = 45

/** Turns one hour of one city into the entity of its station. The icon of the weather is decoration and left out. */
export function map(record: Json, context: MapContext): readonly EntityDocument[] {
  const observedAt = toUtc(textMember(record, 'timestamp') ?? '')
  const place = placeOf(record, context)
  const index = textMember(record, 'aqi') ?? ''
  return [
    {
      id: iriOf('AirQualityObserved', context.variables.city ?? '', `csv-${place.station}`),
      type: 'AirQualityObserved',
      stationCode: property(place.station),
      location: point(place.longitude, place.latitude),
      ...(!isNoValue(index) && { airQualityIndex: indexOf(index, observedAt) }),
      ...measurements(record, observedAt, context),
    },
  ]
}

/** The service computes its index as the United States do, not as VN_AQI. */
function indexOf(text: string, observedAt: string): JsonMap {
  return property(toNumber(text), { observedAt, with: { indexMethod: property('US_AQI') } })
}

function measurements(record: Json, observedAt: string, context: MapContext): JsonMap {
  const attributes: Record<string, JsonMap> = {}
  for (const { column, attribute, quantity, unitVariable } of COLUMNS) {
    const text = textMember(record, column) ?? ''
    if (isNoValue(text)) continue
    const measure = toMeasure(text)
    const unit = measure.unit ?? (unitVariable === undefined ? undefined : context.variables[unitVariable])
    const { value, unitCode } = toCanonical(
      { value: measure.value, ...(unit !== undefined && { unit }) },
      quantity,
      column,
    )
    if (attribute === 'temperature' && value > HOTTEST_CELSIUS) {
      context.doubt(`Temperature is above ${HOTTEST_CELSIUS} °C`)
    } else attributes[attribute] = property(value, { observedAt, unitCode })
  }
  return attributes
}

interface Place {
  readonly station: string
  readonly longitude: number
  readonly latitude: number
}

function placeOf(record: Json, { tables }: MapContext): Place {
  const place = member(tables.places, (textMember(record, 'city') ?? '').normalize('NFC'))
  if (!isJsonMap(place)) throw unmapped('City is not in the table of the feed')
  return {
    station: textMember(place, 'station') ?? '',
    longitude: Number(member(place, 'longitude')),
    latitude: Number(member(place, 'latitude')),
  }
}
