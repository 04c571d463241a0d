import { isJsonArray, type JsonValue } from '../model/json.ts'
import type { Geometry } from '../query/ast.ts'

/** Lists around the positions of each type. */
const DEPTH = {
  Point: 0,
  MultiPoint: 1,
  LineString: 1,
  MultiLineString: 2,
  Polygon: 2,
  MultiPolygon: 3,
} as const satisfies Record<Geometry['type'], number>

/** Writes a geometry as well-known text (OGC 06-103r4): longitude before latitude, as GeoJSON has them. */
export function writeWkt({ type, coordinates = [] }: Geometry): string {
  const height = hasHeight(coordinates)
  const numbers = height ? 3 : 2
  const body =
    DEPTH[type] === 0
      ? `(${position(coordinates, numbers)})`
      : lists(coordinates, DEPTH[type], (item) =>
          type === 'MultiPoint' ? `(${position(item, numbers)})` : position(item, numbers),
        )
  return `${type.toUpperCase()}${height ? ' Z' : ''} ${body}`
}

function lists(items: JsonValue, depth: number, write: (item: JsonValue) => string): string {
  if (depth === 0) return write(items)
  return `(${arrayOf(items)
    .map((item) => lists(item, depth - 1, write))
    .join(', ')})`
}

function position(position: JsonValue, numbers: number): string {
  return arrayOf(position).slice(0, numbers).join(' ')
}

/** A third number is a height where all positions have one; more have no meaning (RFC 7946, 3.1.1). */
function hasHeight(coordinates: JsonValue): boolean {
  const items = arrayOf(coordinates)
  return items.some(isJsonArray) ? items.every(hasHeight) : items.length > 2
}

function arrayOf(value: JsonValue): readonly JsonValue[] {
  return isJsonArray(value) ? value : []
}
