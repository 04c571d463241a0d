import type { Geometry } from '../query/ast.ts'
import { isJsonObject, type JsonValue, ownValue } from './json.ts'

const GEOMETRIES: ReadonlySet<JsonValue | undefined> = new Set([
  'Point',
  'MultiPoint',
  'LineString',
  'MultiLineString',
  'Polygon',
  'MultiPolygon',
])

/** Tells whether a value reads as a GeoJSON geometry: a supported type with coordinates (CIM 009 v1.9.1, 4.7). */
export function isGeometryValue(value: JsonValue | undefined): value is Geometry {
  return (
    isJsonObject(value) &&
    GEOMETRIES.has(ownValue(value, 'type')) &&
    Array.isArray(ownValue(value, 'coordinates'))
  )
}
