import type { XY } from '../coordinates/coordinates.ts'
import { mapGeometry, positionsIn } from '../coordinates/positions.ts'
import type { JsonObject, JsonValue } from '../vocabulary.ts'
import { type Boundary, type BoundaryGeometry, boundaryOf } from './boundary.ts'
import type { Places } from './places.ts'

/** How a file of boundaries is to be read. */
export interface BoundarySource {
  /** A day on which its units were valid: codes are used again. */
  readonly on: string
  /** Property with the code of the unit. */
  readonly code: string
  /** From the reference system of the file. */
  readonly toWgs84: (position: XY) => XY
}

/** Boundaries by the ids of their units, and what is wrong with others. */
export interface ReadBoundaries {
  readonly boundaries: ReadonlyMap<string, Boundary>
  readonly faults: readonly string[]
}

/** Reads a GeoJSON FeatureCollection of boundaries; whatever cannot be read is a fault. */
export function readBoundaries(
  document: JsonValue,
  places: Pick<Places, 'find'>,
  source: BoundarySource,
): ReadBoundaries {
  const features = featuresOf(document)
  if (!features) return { boundaries: new Map(), faults: ['File is no FeatureCollection'] }
  const boundaries = new Map<string, Boundary>()
  const faults: string[] = []
  for (const [at, feature] of features.entries()) {
    const read = readFeature(feature, places, source)
    if (typeof read === 'string') faults.push(`Feature ${at + 1} ${read}`)
    else boundaries.set(...read)
  }
  return { boundaries, faults }
}

function featuresOf(document: JsonValue): readonly JsonValue[] | undefined {
  const features = isObject(document) && document.type === 'FeatureCollection' ? document.features : undefined
  return Array.isArray(features) ? (features as readonly JsonValue[]) : undefined // any JSON
}

function readFeature(
  feature: JsonValue,
  places: Pick<Places, 'find'>,
  { on, code: property, toWgs84 }: BoundarySource,
): readonly [string, Boundary] | string {
  const { geometry = null, properties = null } = isObject(feature) ? feature : {}
  const code = isObject(properties) ? properties[property] : undefined
  if (typeof code !== 'string') return `has no text at ${property}`
  const [unit, ...others] = places.find({ code, on })
  if (!unit || others.length > 0) return `has code ${code}, which names no unit on ${on}`
  if (!isPolygonal(geometry)) return 'is no Polygon or MultiPolygon'
  const outline = mapGeometry(geometry, toWgs84)
  if (!positionsIn(outline.coordinates).every(([x, y]) => Math.abs(x) <= 180 && Math.abs(y) <= 90))
    return 'has coordinates that are no longitudes and latitudes: its reference system is to be configured'
  return [unit.id, boundaryOf(outline as unknown as BoundaryGeometry)] // its type was looked at
}

function isPolygonal(value: JsonValue): value is JsonObject {
  return (
    isObject(value) &&
    (value.type === 'Polygon' || value.type === 'MultiPolygon') &&
    positionsIn(value.coordinates).length > 3
  )
}

function isObject(value: JsonValue): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
