import type { Position } from './unit.ts'

/** The outline of a unit: rings of positions, holes among them, all of its parts together. */
export interface Boundary {
  readonly rings: readonly (readonly Position[])[]
  /** West, south, east, north. */
  readonly box: readonly [number, number, number, number]
  /** The geometry as it was loaded, in WGS84. */
  readonly geometry: BoundaryGeometry
}

/** Polygon or MultiPolygon of GeoJSON. */
export type BoundaryGeometry =
  | { readonly type: 'Polygon'; readonly coordinates: readonly (readonly Position[])[] }
  | { readonly type: 'MultiPolygon'; readonly coordinates: readonly (readonly (readonly Position[])[])[] }

const METRES_PER_DEGREE = 111_200

/** Prepares the outline of a unit for questions. */
export function boundaryOf(geometry: BoundaryGeometry): Boundary {
  const rings = geometry.type === 'Polygon' ? geometry.coordinates : geometry.coordinates.flat()
  const box: [number, number, number, number] = [180, 90, -180, -90]
  for (const [east, north] of rings.flat()) {
    box[0] = Math.min(box[0], east)
    box[1] = Math.min(box[1], north)
    box[2] = Math.max(box[2], east)
    box[3] = Math.max(box[3], north)
  }
  return { rings, box, geometry }
}

/** Tells whether a position is inside: of each edge between neighbours it belongs to one side only. */
export function isInside({ rings, box }: Boundary, position: Position): boolean {
  if (!isInBox(box, position, 0)) return false
  let inside = false
  for (const ring of rings) for (const edge of edgesOf(ring)) if (isCrossed(edge, position)) inside = !inside
  return inside
}

/** Answers how far outside a position is, in metres; undefined: further than that. */
export function distanceTo({ rings, box }: Boundary, position: Position, atMost: number): number | undefined {
  if (!isInBox(box, position, atMost / METRES_PER_DEGREE / 0.9)) return undefined
  let least = Number.POSITIVE_INFINITY
  for (const ring of rings)
    for (const edge of edgesOf(ring)) least = Math.min(least, metresTo(edge, position))
  return least <= atMost ? least : undefined
}

type Edge = readonly [Position, Position]

function* edgesOf(ring: readonly Position[]): Generator<Edge> {
  for (let at = 1; at < ring.length; at++) yield [ring[at - 1], ring[at]] as Edge // both are in the ring
}

function isInBox([west, south, east, north]: Boundary['box'], [x, y]: Position, wider: number): boolean {
  return x >= west - wider && x <= east + wider && y >= south - wider && y <= north + wider
}

/** Tells whether a line from the position to the east meets an edge; its lower end counts, the upper does not. */
function isCrossed([[x1, y1], [x2, y2]]: Edge, [x, y]: Position): boolean {
  return y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)
}

function metresTo([from, to]: Edge, position: Position): number {
  const shrink = Math.cos((position[1] * Math.PI) / 180)
  const [x1, y1] = [(from[0] - position[0]) * shrink, from[1] - position[1]]
  const [x2, y2] = [(to[0] - position[0]) * shrink, to[1] - position[1]]
  const length = (x2 - x1) ** 2 + (y2 - y1) ** 2
  const along = length === 0 ? 0 : Math.min(1, Math.max(0, -(x1 * (x2 - x1) + y1 * (y2 - y1)) / length))
  return METRES_PER_DEGREE * Math.hypot(x1 + along * (x2 - x1), y1 + along * (y2 - y1))
}
