import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../model/json.ts'
import { namesGeometry } from './parse-geometry.ts'

/** East and north of a position, in the units of some reference system. */
export type PlanePosition = readonly [number, number]

/** Changes positions into those of another reference system. Pure. */
export type ChangePosition = (position: PlanePosition) => PlanePosition

/** Kinds of attributes whose value is no place, whatever it looks like. */
const NO_PLACES: ReadonlySet<unknown> = new Set([
  'Property',
  'LanguageProperty',
  'VocabProperty',
  'JsonProperty',
  'ListProperty',
])
const VALUES: ReadonlySet<string> = new Set([
  ...['value', 'valueList', 'languageMap', 'vocab', 'json', '@context'],
])

/** Answers entities, in whatever representation, with the positions of all their geometries changed; heights stay. */
export function mapPlaces(value: JsonValue, change: ChangePosition): JsonValue {
  if (isJsonArray(value)) return value.map((item) => mapPlaces(item, change))
  if (!isJsonObject(value)) return value
  if (namesGeometry(value) && isJsonArray(value.coordinates ?? null))
    return { ...value, coordinates: mapPositions(value.coordinates ?? null, change) }
  const passed = NO_PLACES.has(value.type)
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      if (name === '@context' || (passed && VALUES.has(name))) return [name, item]
      return [name, isGeometryText(value, name, item) ? textWith(item, change) : mapPlaces(item, change)]
    }),
  )
}

/** Answers all positions of the geometries of entities. */
export function placesIn(value: JsonValue): readonly PlanePosition[] {
  const found: PlanePosition[] = []
  mapPlaces(value, (position) => {
    found.push(position)
    return position
  })
  return found
}

/** A GeoProperty may hold its geometry as the text of it (CIM 009 v1.9.1, 4.7). */
function isGeometryText({ type }: JsonObject, name: string, item: JsonValue): item is string {
  return type === 'GeoProperty' && name === 'value' && typeof item === 'string'
}

/** What is no JSON is left for the check of the geometry to refuse. */
function textWith(text: string, change: ChangePosition): JsonValue {
  try {
    return mapPlaces(JSON.parse(text) as JsonValue, change) // any JSON
  } catch (error) {
    if (error instanceof SyntaxError) return text
    throw error
  }
}

function mapPositions(value: JsonValue, change: ChangePosition): JsonValue {
  if (!isJsonArray(value)) return value
  const [east, north, ...more] = value
  if (typeof east === 'number' && typeof north === 'number') return [...change([east, north]), ...more]
  return value.map((item) => mapPositions(item, change))
}
