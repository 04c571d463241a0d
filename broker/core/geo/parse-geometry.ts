import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, ownValue } from '../model/json.ts'
import { badRequestData, type Problem } from '../model/problem.ts'
import type { Geometry } from '../query/ast.ts'

/** A check of the coordinates at a JSON pointer. @throws Problem BadRequestData */
type Check = (value: JsonValue | undefined, pointer: string) => void

const CHECKS: ReadonlyMap<string, Check> = new Map<Geometry['type'], Check>([
  ['Point', checkPosition],
  ['MultiPoint', listOf('positions', 1, checkPosition)],
  ['LineString', checkLine],
  ['MultiLineString', listOf('lines', 1, checkLine)],
  ['Polygon', checkPolygon],
  ['MultiPolygon', listOf('polygons', 1, checkPolygon)],
])

/**
 * Reads a GeoJSON geometry (RFC 7946, any but GeometryCollection), also one given as JSON text; kept as it was written.
 * Only the structure is checked: a self-intersecting polygon is accepted (CIM 009 v1.9.1, 4.7 Geospatial Properties).
 * @throws Problem BadRequestData that says what is wrong and where (`pointer`)
 */
export function parseGeometry(value: JsonValue): Geometry {
  const geometry = typeof value === 'string' ? readJson(value) : value
  if (!isJsonObject(geometry)) throw fault('Geometry is not a GeoJSON object', '')
  const type = ownValue(geometry, 'type')
  const check = typeof type === 'string' ? CHECKS.get(type) : undefined
  if (!check) throw fault(`Geometry has a type other than ${[...CHECKS.keys()].join(', ')}`, '/type')
  check(ownValue(geometry, 'coordinates'), '/coordinates')
  return geometry as Geometry // its type and coordinates are checked above
}

/** Tells whether a value says by its type that it is a geometry; its coordinates are not looked at. */
export function namesGeometry(value: JsonValue): value is JsonObject {
  return isJsonObject(value) && isGeometryType(ownValue(value, 'type'))
}

/** Tells whether a value is the name of a geometry type that the hub takes (4.7 Geospatial Properties). */
export function isGeometryType(type: JsonValue | undefined): boolean {
  return typeof type === 'string' && CHECKS.has(type)
}

/** Tells whether a value is a geometry that an engine can take, for values that a mask may have changed. */
export function isGeometry(value: JsonValue): value is Geometry {
  try {
    return isJsonObject(value) && parseGeometry(value) === value
  } catch {
    return false
  }
}

function readJson(text: string): JsonValue {
  try {
    const value: JsonValue = JSON.parse(text)
    return value
  } catch {
    throw fault('Geometry is a text that is not JSON', '')
  }
}

function fault(text: string, pointer: string): Problem {
  return badRequestData(pointer === '' ? text : `${text} at ${pointer}`, { pointer })
}

function listOf(what: string, least: number, check: Check): Check {
  return (value, pointer) => {
    if (!isJsonArray(value) || value.length < least) {
      throw fault(`Geometry has fewer than ${least} ${what}, or no array of them,`, pointer)
    }
    value.forEach((item, at) => {
      check(item, `${pointer}/${at}`)
    })
  }
}

/** RFC 7946, 3.1.1: longitude, latitude, then altitude or more, all numbers. */
function checkPosition(value: JsonValue | undefined, pointer: string): void {
  if (!isJsonArray(value) || value.length < 2 || !value.every((part) => Number.isFinite(part))) {
    throw fault('Geometry has a position that is not an array of at least two numbers', pointer)
  }
  checkRange(value[0], 180, 'longitude', `${pointer}/0`)
  checkRange(value[1], 90, 'latitude', `${pointer}/1`)
}

function checkRange(degrees: JsonValue | undefined, most: number, name: string, pointer: string): void {
  if (typeof degrees !== 'number' || Math.abs(degrees) > most) {
    throw fault(`Geometry has a ${name} outside -${most} to ${most}`, pointer)
  }
}

function checkLine(value: JsonValue | undefined, pointer: string): void {
  listOf('positions in a line', 2, checkPosition)(value, pointer)
}

function checkPolygon(value: JsonValue | undefined, pointer: string): void {
  listOf('rings in a polygon', 1, checkRing)(value, pointer)
}

/** RFC 7946, 3.1.6: at least four positions, the last one equal to the first. */
function checkRing(value: JsonValue | undefined, pointer: string): void {
  listOf('positions in a ring', 4, checkPosition)(value, pointer)
  const first = isJsonArray(value) ? value[0] : undefined
  const last = isJsonArray(value) ? value.at(-1) : undefined
  if (!isJsonArray(first) || !isJsonArray(last) || first.some((part, at) => part !== last[at])) {
    throw fault('Geometry has a ring whose last position differs from its first', pointer)
  }
}
