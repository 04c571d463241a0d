import type { GeometryEngine } from '../core/geo/engine.ts'
import type { Position } from '../core/geo/positions.ts'
import type { Geometry, GeoRelation } from '../core/query/ast.ts'
import { geodesicLength, sphericalLength } from './geodesic.ts'
import { type Geos, type Handle, Handles, readGeometry } from './handles.ts'

/** Makes the geometry engine: GEOS as WebAssembly, a complete DE-9IM (OGC 06-103r4, 6.1.15), which it loads once. */
export function createGeometryEngine(): GeometryEngine {
  let loading: Promise<void> | undefined
  let loaded: Loaded | undefined
  const parts = (): Loaded => {
    if (!loaded) throw new Error('Geometry engine is asked before it is ready')
    return loaded
  }
  return Object.freeze<GeometryEngine>({
    ready: () => {
      loading ??= loadGeos().then((geos) => {
        loaded = { geos, handles: new Handles(geos) }
      })
      return loading
    },
    relates: (relation, left, right) => {
      const { geos, handles } = parts()
      return handles.lend(left, right, (target, reference) => relates(geos, relation, target, reference))
    },
    distance: (left, right) => distance({ ...parts(), length: geodesicLength }, left, right),
    sphericalDistance: (left, right) => distance({ ...parts(), length: sphericalLength }, left, right),
  })
}

interface Loaded {
  readonly geos: Geos
  readonly handles: Handles
}

async function loadGeos(): Promise<Geos> {
  const { default: init } = await import('geos-wasm')
  return init({ errorHandler: silent, noticeHandler: silent })
}

/** What GEOS says about invalid input is dealt with by its return values. */
function silent(): void {}

type Predicate = (geos: Geos, target: Handle, reference: Handle) => number

/** The reference is the side that stays, so it is prepared and the question is turned round. */
const PREDICATES: Readonly<Record<Exclude<GeoRelation, 'near'>, Predicate>> = {
  within: (geos, target, reference) => geos.GEOSPreparedContains(reference.prepared, target.pointer),
  contains: (geos, target, reference) => geos.GEOSPreparedWithin(reference.prepared, target.pointer),
  intersects: (geos, target, reference) => geos.GEOSPreparedIntersects(reference.prepared, target.pointer),
  disjoint: (geos, target, reference) => geos.GEOSPreparedDisjoint(reference.prepared, target.pointer),
  overlaps: (geos, target, reference) => geos.GEOSPreparedOverlaps(reference.prepared, target.pointer),
  equals: (geos, target, reference) => geos.GEOSEquals(reference.pointer, target.pointer),
}

function relates(geos: Geos, relation: keyof typeof PREDICATES, target: Handle, reference: Handle): boolean {
  const answer = PREDICATES[relation](geos, target, reference)
  if (answer !== 0 && answer !== 1) throw new Error(`Geometry engine cannot tell ${relation}`)
  return answer === 1
}

/**
 * Shortest way between two geometries, 0 when they touch.
 *
 * The nearest places are found in a plane in which a degree of longitude is as long as it is at their latitude
 * (in steps of a quarter degree), and the way between them is measured on the ellipsoid. Between points this is exact to
 * the millimetre. Otherwise the nearest places may be slightly off, which only ever lengthens the way: below 60 degrees of
 * latitude by less than 0.01 % up to 100 km and 0.5 % up to 1,000 km, below 85 degrees by less than 0.05 % and 2.5 %.
 * Edges are straight in longitude and latitude (RFC 7946, 3.1.1).
 */
function distance(ruler: Ruler, left: Geometry, right: Geometry): number {
  const { geos, handles, length } = ruler
  if (left.type === 'Point' && right.type === 'Point') return length(pointOf(left), pointOf(right))
  return handles.lend(left, right, (target, reference) => {
    if (relates(geos, 'intersects', target, reference)) return 0
    return Math.min(
      ...turnsBetween(target, reference).map((turn) => distanceAt(ruler, target, reference, turn)),
    )
  })
}

/** What distances are measured with. */
interface Ruler extends Loaded {
  /** Length of the shortest way between two places, in metres. */
  readonly length: (from: Position, to: Position) => number
}

function pointOf(point: Geometry): Position {
  const [longitude, latitude] = point.coordinates as unknown as Position // a Point that parseGeometry checked
  return [longitude, latitude]
}

/** Whole turns to look at: the other way round the earth may be shorter when they lie far apart in longitude. */
function turnsBetween(target: Handle, reference: Handle): readonly number[] {
  const west = Math.min(target.box[0], reference.box[0])
  const east = Math.max(target.box[2], reference.box[2])
  return east - west > 180 ? [-360, 0, 360] : [0]
}

const STEP = 4
const ROUNDS = 4

/** Looks for the nearest places in the plane of their own latitude, which is only known once they are found. */
function distanceAt({ geos, length }: Ruler, target: Handle, reference: Handle, turn: number): number {
  let latitude = gridded(middle(target.box[1], target.box[3], reference.box[1], reference.box[3]))
  let shortest = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) {
    const [from, to] = nearest(geos, target, reference, { latitude, turn })
    shortest = Math.min(shortest, length(from, to))
    const next = gridded((from[1] + to[1]) / 2)
    if (next === latitude) break
    latitude = next
  }
  return shortest
}

function gridded(latitude: number): number {
  return Math.round(latitude * STEP) / STEP
}

/** Between two ranges of latitude that lie apart, or in the middle of what they share. */
function middle(south: number, north: number, otherSouth: number, otherNorth: number): number {
  return (Math.max(south, otherSouth) + Math.min(north, otherNorth)) / 2
}

interface Plane {
  readonly latitude: number
  readonly turn: number
}

function nearest(
  geos: Geos,
  target: Handle,
  reference: Handle,
  { latitude, turn }: Plane,
): readonly [Position, Position] {
  const scale = Math.max(Math.cos((latitude * Math.PI) / 180), 1e-6)
  const fixed = reference.preparedIn(latitude, ([x, y]) => [x * scale, y])
  const moved = readGeometry(geos, target.geometry, ([x, y]) => [(x + turn) * scale, y])
  const sequence = geos.GEOSPreparedNearestPoints(fixed, moved)
  geos.GEOSGeom_destroy(moved)
  if (sequence === 0) throw new Error('Geometry engine finds no nearest places')
  const [x1, y1, x2, y2] = readSequence(geos, sequence)
  return [
    [x1 / scale, y1],
    [x2 / scale, y2],
  ]
}

/** Reads the two positions of a sequence and frees it. */
function readSequence(geos: Geos, sequence: number): readonly [number, number, number, number] {
  const memory = geos.Module._malloc(32)
  geos.GEOSCoordSeq_copyToBuffer(sequence, memory, 0, 0)
  const [x1 = 0, y1 = 0, x2 = 0, y2 = 0] = geos.Module.HEAPF64.subarray(memory / 8, memory / 8 + 4)
  geos.Module._free(memory)
  geos.GEOSCoordSeq_destroy(sequence)
  return [x1, y1, x2, y2]
}
