import type { JsonObject, JsonValue } from '../vocabulary.ts'
import type { XY } from './coordinates.ts'

/** Answers the positions in GeoJSON coordinates, of whatever depth. */
export function positionsIn(coordinates: JsonValue | undefined): readonly XY[] {
  if (!Array.isArray(coordinates)) return []
  const list = coordinates as readonly JsonValue[]
  const [east, north] = list
  if (typeof east === 'number' && typeof north === 'number') return [[east, north]]
  return list.flatMap(positionsIn)
}

/** Answers a GeoJSON geometry with other positions; heights stay as they are. */
export function mapGeometry(geometry: JsonObject, change: (position: XY) => XY): JsonObject {
  if (Array.isArray(geometry.geometries)) {
    const parts = geometry.geometries as readonly JsonObject[] // as GeoJSON has it
    return { ...geometry, geometries: parts.map((part) => mapGeometry(part, change)) }
  }
  return { ...geometry, coordinates: mapPositions(geometry.coordinates, change) }
}

/** Answers GeoJSON coordinates with other positions. */
export function mapPositions(coordinates: JsonValue | undefined, change: (position: XY) => XY): JsonValue {
  if (!Array.isArray(coordinates)) return coordinates ?? null
  const list = coordinates as readonly JsonValue[]
  const [east, north, ...more] = list
  if (typeof east === 'number' && typeof north === 'number') return [...change([east, north]), ...more]
  return list.map((part) => mapPositions(part, change))
}
