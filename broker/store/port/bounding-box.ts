import { isJsonObject, type JsonValue, ownValue } from '../../core/model/json.ts'

/** Smallest rectangle around a geometry, in degrees. */
export interface BoundingBox {
  readonly west: number
  readonly south: number
  readonly east: number
  readonly north: number
}

/** Answers the box around all positions of a GeoJSON geometry; undefined when it has none. */
export function boundingBox(geometry: JsonValue): BoundingBox | undefined {
  const positions: Position[] = []
  collectGeometry(geometry, positions)
  if (positions.length === 0) return undefined
  const box = { west: Infinity, south: Infinity, east: -Infinity, north: -Infinity }
  for (const [longitude, latitude] of positions) {
    box.west = Math.min(box.west, longitude)
    box.east = Math.max(box.east, longitude)
    box.south = Math.min(box.south, latitude)
    box.north = Math.max(box.north, latitude)
  }
  return box
}

type Position = readonly [number, number]

function collectGeometry(geometry: JsonValue, into: Position[]): void {
  if (!isJsonObject(geometry)) return
  const parts = ownValue(geometry, 'geometries')
  if (Array.isArray(parts)) for (const part of parts) collectGeometry(part, into)
  const coordinates = ownValue(geometry, 'coordinates')
  if (coordinates !== undefined) collectPositions(coordinates, into)
}

function collectPositions(coordinates: JsonValue, into: Position[]): void {
  if (!Array.isArray(coordinates)) return
  const [first, second] = coordinates
  if (typeof first === 'number' && typeof second === 'number') into.push([first, second])
  else for (const part of coordinates) collectPositions(part, into)
}
