import { namesGeometry } from '../../broker/core/geo/parse-geometry.ts'
import type { JsonObject, JsonValue } from '../../broker/core/model/json.ts'

const DEFAULT_DECIMALS = 3

/** Moves a geometry onto a grid, about 110 m wide for three decimals; undefined for anything else. */
export function coarsen(value: JsonValue, decimals = DEFAULT_DECIMALS): JsonObject | undefined {
  if (!namesGeometry(value)) return undefined
  const { type = null, coordinates: exact = null } = value
  const coordinates = coarsePositions(exact, decimals)
  return coordinates === undefined ? undefined : { type, coordinates }
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
