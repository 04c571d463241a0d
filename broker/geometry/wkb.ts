import { type Parts, type Position, partsOf } from '../core/geo/positions.ts'
import type { Geometry } from '../core/query/ast.ts'

const CODES = {
  Point: 1,
  LineString: 2,
  Polygon: 3,
  MultiPoint: 4,
  MultiLineString: 5,
  MultiPolygon: 6,
} as const satisfies Record<Geometry['type'], number>

/** The type of the parts of a geometry, for those that have several. */
const PART = { MultiPoint: 'Point', MultiLineString: 'LineString', MultiPolygon: 'Polygon' } as const

type Single = 'Point' | 'LineString' | 'Polygon'

/** Changes a position before it is written, such as into a plane. */
export type Projection = (position: Position) => Position

/** How many positions a geometry has: what its copies cost. */
export function sizeOf(parts: Parts): number {
  return parts.reduce((sum, part) => sum + part.reduce((runs, run) => runs + run.length, 0), 0)
}

/** Writes a geometry as well-known binary (OGC 06-103r4, 8), in two dimensions: the quickest way into the engine. */
export function encodeWkb(geometry: Geometry, project: Projection = (position) => position): Uint8Array {
  const parts = partsOf(geometry)
  const writer = new WkbWriter(capacityOf(parts), project)
  if (geometry.type in PART) {
    writer.header(geometry.type)
    writer.count(parts.length)
    const type = PART[geometry.type as keyof typeof PART] // tested in the line above
    for (const part of parts) writer.single(type, part)
  } else {
    for (const part of parts) writer.single(geometry.type as Single, part) // all others are single
  }
  return writer.bytes()
}

/** Nine bytes of header each for the geometry and its parts, four for each run, sixteen for each position. */
function capacityOf(parts: Parts): number {
  const runs = parts.reduce((sum, part) => sum + part.length, 0)
  return 9 + parts.length * 9 + runs * 4 + sizeOf(parts) * 16
}

class WkbWriter {
  readonly #view: DataView
  readonly #project: Projection
  #at = 0

  constructor(capacity: number, project: Projection) {
    this.#view = new DataView(new ArrayBuffer(capacity))
    this.#project = project
  }

  header(type: Geometry['type']): void {
    this.#view.setUint8(this.#at, 1) // little endian
    this.#at += 1
    this.count(CODES[type])
  }

  count(value: number): void {
    this.#view.setUint32(this.#at, value, true)
    this.#at += 4
  }

  single(type: Single, runs: Parts[number]): void {
    this.header(type)
    if (type === 'Polygon') this.count(runs.length)
    for (const run of runs) {
      if (type !== 'Point') this.count(run.length)
      for (const position of run) this.#position(position)
    }
  }

  #position(position: Position): void {
    const [x, y] = this.#project(position)
    this.#view.setFloat64(this.#at, snapped(x), true)
    this.#view.setFloat64(this.#at + 8, snapped(y), true)
    this.#at += 16
  }

  bytes(): Uint8Array {
    return new Uint8Array(this.#view.buffer, 0, this.#at)
  }
}

const STEPS_PER_DEGREE = 1e12

/** Rounds to a tenth of a micrometre: smaller differences underflow inside GEOS, which then fails or never ends. */
function snapped(degrees: number): number {
  return Math.round(degrees * STEPS_PER_DEGREE) / STEPS_PER_DEGREE
}
