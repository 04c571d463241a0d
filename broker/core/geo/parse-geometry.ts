import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, ownValue } from '../model/json.ts'
import { badRequestData, type Problem } from '../model/problem.ts'
import type { Geometry } from '../query/ast.ts'

/** What is wrong with a value, and where in it (JSON pointer). */
interface Fault {
  readonly text: string
  readonly pointer: string
}

/** Answers what is wrong with coordinates; undefined: nothing. */
type Check = (value: JsonValue | undefined) => Fault | undefined

const checkLine = listOf('positions in a line', 2, checkPosition)
const checkPositionsOfRing = listOf('positions in a ring', 4, checkPosition)
const checkPolygon = listOf('rings in a polygon', 1, checkRing)

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
  const fault = checkGeometry(geometry)
  if (fault) throw problemOf(fault)
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
  return checkGeometry(value) === undefined
}

function readJson(text: string): JsonValue {
  try {
    const value: JsonValue = JSON.parse(text)
    return value
  } catch {
    throw problemOf({ text: 'Geometry is a text that is not JSON', pointer: '' })
  }
}

function problemOf({ text, pointer }: Fault): Problem {
  return badRequestData(pointer === '' ? text : `${text} at ${pointer}`, { pointer })
}

function checkGeometry(geometry: JsonValue): Fault | undefined {
  if (!isJsonObject(geometry)) return { text: 'Geometry is not a GeoJSON object', pointer: '' }
  const type = ownValue(geometry, 'type')
  const check = typeof type === 'string' ? CHECKS.get(type) : undefined
  if (!check) {
    return { text: `Geometry has a type other than ${[...CHECKS.keys()].join(', ')}`, pointer: '/type' }
  }
  return inside('coordinates', check(ownValue(geometry, 'coordinates')))
}

/** Answers a fault as one of the whole that has the faulty part under this key. */
function inside(key: string | number, fault: Fault | undefined): Fault | undefined {
  return fault && { text: fault.text, pointer: `/${key}${fault.pointer}` }
}

function listOf(what: string, least: number, check: Check): Check {
  return (value) => {
    if (!isJsonArray(value) || value.length < least) {
      return { text: `Geometry has fewer than ${least} ${what}, or no array of them,`, pointer: '' }
    }
    for (let at = 0; at < value.length; at++) {
      const fault = check(value[at])
      if (fault) return inside(at, fault)
    }
    return undefined
  }
}

/** RFC 7946, 3.1.1: longitude, latitude, then altitude or more, all numbers. */
function checkPosition(value: JsonValue | undefined): Fault | undefined {
  if (!isJsonArray(value) || value.length < 2 || !value.every(Number.isFinite)) {
    return { text: 'Geometry has a position that is not an array of at least two numbers', pointer: '' }
  }
  return inside(0, checkRange(value[0], 180, 'longitude')) ?? inside(1, checkRange(value[1], 90, 'latitude'))
}

function checkRange(degrees: JsonValue | undefined, most: number, name: string): Fault | undefined {
  if (typeof degrees === 'number' && Math.abs(degrees) <= most) return undefined
  return { text: `Geometry has a ${name} outside -${most} to ${most}`, pointer: '' }
}

/** RFC 7946, 3.1.6: at least four positions, the last one equal to the first. */
function checkRing(value: JsonValue | undefined): Fault | undefined {
  const fault = checkPositionsOfRing(value)
  if (fault) return fault
  const first = isJsonArray(value) ? value[0] : undefined
  const last = isJsonArray(value) ? value.at(-1) : undefined
  if (isJsonArray(first) && isJsonArray(last) && first.every((part, at) => part === last[at]))
    return undefined
  return { text: 'Geometry has a ring whose last position differs from its first', pointer: '' }
}
