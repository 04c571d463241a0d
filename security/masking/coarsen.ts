import type { JsonObject, JsonValue } from '../../broker/core/model/json.ts'
import { isJsonObject } from '../../broker/core/model/json.ts'

const DEFAULT_DECIMALS = 3
const GEOMETRIES = new Set([
  'Point',
  'MultiPoint',
  'LineString',
  'MultiLineString',
  'Polygon',
  'MultiPolygon',
])

/** Moves a geometry onto a grid, about 110 m wide for three decimals; undefined for anything else. */
export function coarsen(value: JsonValue, decimals = DEFAULT_DECIMALS): JsonObject | undefined {
  if (!isJsonObject(value) || typeof value.type !== 'string' || !GEOMETRIES.has(value.type)) return undefined
  const coordinates = coarsePositions(value.coordinates ?? null, decimals)
  return coordinates === undefined ? undefined : { type: value.type, coordinates }
}

/** Heights are dropped: they can tell the floor. */
function coarsePositions(value: JsonValue, decimals: number): JsonValue | undefined {
  if (!Array.isArray(value)) return undefined
  if (value.every((item) => typeof item === 'number')) {
    return value.slice(0, 2).map((number) => Number(Number(number).toFixed(decimals)))
  }
  const items = value.map((item) => coarsePositions(item, decimals))
  return items.every((item) => item !== undefined) ? items : undefined
}
