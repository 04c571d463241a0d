import { RecordFault } from '../kit/values/fault.ts'
import type { JsonMap } from '../kit/values/json.ts'

/** Longitude or east, and latitude or north, as the file has them. */
type Position = readonly [number, number]

/** The shapes of a .shp file, those that are there as a whole. */
export interface Shapes {
  readonly records: readonly Uint8Array[]
  /** The file ends before its last shape does. */
  readonly cut: boolean
}

const HEAD = 100
const FILE_CODE = 9994
const POINTS = new Set([1, 11, 21])
const MULTIPOINTS = new Set([8, 18, 28])
const LINES = new Set([3, 13, 23])
const POLYGONS = new Set([5, 15, 25])

/** Cuts a .shp file into its shapes. @throws RecordFault */
export function readShapes(bytes: Uint8Array): Shapes {
  const view = viewOf(bytes)
  if (bytes.length < HEAD || view.getInt32(0) !== FILE_CODE) throw unreadable('Shapes (.shp) have no head')
  const records: Uint8Array[] = []
  let at = HEAD
  while (at + 8 <= bytes.length) {
    const length = view.getInt32(at + 4) * 2
    if (length < 4 || at + 8 + length > bytes.length) break
    records.push(bytes.subarray(at + 8, at + 8 + length))
    at += 8 + length
  }
  return { records, cut: at < bytes.length || view.getInt32(24) * 2 > bytes.length }
}

/** Reads a shape as a GeoJSON geometry without heights and measures; null: it has none. @throws RecordFault */
export function readShape(bytes: Uint8Array): JsonMap | null {
  const view = viewOf(bytes)
  try {
    const type = view.getInt32(0, true)
    if (type === 0) return null
    if (POINTS.has(type)) return { type: 'Point', coordinates: position(view, 4) }
    if (MULTIPOINTS.has(type)) return multiPoint(view)
    if (LINES.has(type)) return lines(parts(view))
    if (POLYGONS.has(type)) return polygons(parts(view))
    throw unreadable(`Shape has type ${type}, which is not read`)
  } catch (error) {
    if (error instanceof RangeError) throw unreadable('Shape is shorter than it says')
    throw error
  }
}

function multiPoint(view: DataView): JsonMap {
  return { type: 'MultiPoint', coordinates: positions(view, 40, view.getInt32(36, true)) }
}

function lines(all: readonly (readonly Position[])[]): JsonMap {
  const [only] = all
  return all.length === 1 && only
    ? { type: 'LineString', coordinates: only }
    : { type: 'MultiLineString', coordinates: all }
}

/** Rings that run clockwise are outlines, the others are holes in the outline that they lie in; GeoJSON has both the other way round. */
function polygons(rings: readonly (readonly Position[])[]): JsonMap {
  const closed = rings.filter((ring) => ring.length >= 4)
  if (closed.length === 0) throw unreadable('Shape has no ring of three corners')
  const outlines = closed.filter((ring) => signedArea(ring) <= 0)
  const made = (outlines.length > 0 ? outlines : closed).map((ring) => [turned(ring, true)])
  if (outlines.length > 0) {
    for (const hole of closed.filter((ring) => signedArea(ring) > 0)) {
      const [first = [0, 0]] = hole
      const around = made.find(([outline = []]) => isInside(first as Position, outline))
      if (around) around.push(turned(hole, false))
      else made.push([turned(hole, true)])
    }
  }
  const [only] = made
  return made.length === 1 && only
    ? { type: 'Polygon', coordinates: only }
    : { type: 'MultiPolygon', coordinates: made }
}

function parts(view: DataView): readonly (readonly Position[])[] {
  const [count, points] = [view.getInt32(36, true), view.getInt32(40, true)]
  if (count < 1 || count > points || points * 16 > view.byteLength) throw new RangeError()
  const first = 44 + count * 4
  const starts = Array.from({ length: count }, (_, part) => view.getInt32(44 + part * 4, true))
  return starts.map((start, part) => {
    const end = starts[part + 1] ?? points
    if (start < 0 || end < start || end > points) throw new RangeError()
    return positions(view, first + start * 16, end - start)
  })
}

function positions(view: DataView, at: number, count: number): readonly Position[] {
  if (count < 1 || at + count * 16 > view.byteLength) throw new RangeError()
  return Array.from({ length: count }, (_, index) => position(view, at + index * 16))
}

function position(view: DataView, at: number): Position {
  const [x, y] = [view.getFloat64(at, true), view.getFloat64(at + 8, true)]
  if (!Number.isFinite(x) || !Number.isFinite(y)) throw unreadable('Shape has a position that is no number')
  return [x, y]
}

/** Twice the area: positive where the ring runs counter-clockwise. */
function signedArea(ring: readonly Position[]): number {
  const [[originX, originY] = [0, 0]] = ring
  let sum = 0
  for (const [at, [x, y]] of ring.entries()) {
    const [nextX, nextY] = ring[(at + 1) % ring.length] ?? [x, y]
    sum += (x - originX) * (nextY - originY) - (nextX - originX) * (y - originY)
  }
  return sum
}

function turned(ring: readonly Position[], counterClockwise: boolean): readonly Position[] {
  return signedArea(ring) > 0 === counterClockwise ? ring : [...ring].reverse()
}

function isInside([x, y]: Position, ring: readonly Position[]): boolean {
  let inside = false
  for (const [at, [x1, y1]] of ring.entries()) {
    const [x2, y2] = ring[(at + ring.length - 1) % ring.length] ?? [x1, y1]
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside
  }
  return inside
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function unreadable(text: string): RecordFault {
  return new RecordFault('unreadable', text)
}
