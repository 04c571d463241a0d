import type initGeos from 'geos-wasm'
import { LRUCache } from 'lru-cache'
import { type BoundingBox, boundingBox } from '../core/geo/bounding-box.ts'
import { partsOf } from '../core/geo/positions.ts'
import type { Geometry } from '../core/query/ast.ts'
import { encodeWkb, type Projection, sizeOf } from './wkb.ts'

/** The functions of GEOS, with memory that must be freed by hand. */
export type Geos = Awaited<ReturnType<typeof initGeos>>

/** How many positions the kept copies may have together; a larger geometry than half of it is not kept. */
const MAX_POSITIONS = 400_000
const MAX_HANDLES = 4096

/** A geometry inside GEOS. What is made from it later is freed together with it. */
export class Handle {
  readonly geometry: Geometry
  readonly box: BoundingBox
  readonly #geos: Geos
  /** Repaired when it was invalid: for predicates. */
  readonly pointer: number
  #prepared = 0
  #plane: { readonly latitude: number; readonly pointer: number; readonly prepared: number } | undefined

  constructor(geos: Geos, geometry: Geometry) {
    this.geometry = geometry
    this.box = boundingBox(geometry)
    this.#geos = geos
    this.pointer = repaired(geos, readGeometry(geos, geometry))
  }

  /** The same, indexed for many predicates. */
  get prepared(): number {
    if (this.#prepared === 0) this.#prepared = this.#geos.GEOSPrepare(this.pointer)
    return this.#prepared
  }

  /** The geometry as it was given, in the plane of a latitude, indexed; the last one made is kept. */
  preparedIn(latitude: number, project: Projection): number {
    if (this.#plane?.latitude !== latitude) {
      this.#freePlane()
      const pointer = readGeometry(this.#geos, this.geometry, project)
      this.#plane = { latitude, pointer, prepared: this.#geos.GEOSPrepare(pointer) }
    }
    return this.#plane?.prepared ?? 0
  }

  free(): void {
    this.#freePlane()
    if (this.#prepared !== 0) this.#geos.GEOSPreparedGeom_destroy(this.#prepared)
    this.#geos.GEOSGeom_destroy(this.pointer)
  }

  #freePlane(): void {
    if (!this.#plane) return
    this.#geos.GEOSPreparedGeom_destroy(this.#plane.prepared)
    this.#geos.GEOSGeom_destroy(this.#plane.pointer)
    this.#plane = undefined
  }
}

/** Keeps the handles of the geometries used last, so that a query geometry is read and indexed once. */
export class Handles {
  readonly #geos: Geos
  /** Two that fit into half the size each are never disposed of while both are in use. */
  readonly #kept = new LRUCache<Geometry, Handle>({
    max: MAX_HANDLES,
    maxSize: MAX_POSITIONS,
    maxEntrySize: MAX_POSITIONS / 2,
    sizeCalculation: (handle) => sizeOf(partsOf(handle.geometry)),
    dispose: (handle) => handle.free(),
  })

  constructor(geos: Geos) {
    this.#geos = geos
  }

  /** Lends handles for the time of `use`. */
  lend<T>(left: Geometry, right: Geometry, use: (left: Handle, right: Handle) => T): T {
    return this.#lendOne(left, (first) => this.#lendOne(right, (second) => use(first, second)))
  }

  #lendOne<T>(geometry: Geometry, use: (handle: Handle) => T): T {
    const kept = this.#kept.get(geometry)
    if (kept) return use(kept)
    const handle = new Handle(this.#geos, geometry)
    if (sizeOf(partsOf(geometry)) <= MAX_POSITIONS / 2) {
      this.#kept.set(geometry, handle)
      return use(handle)
    }
    try {
      return use(handle)
    } finally {
      handle.free()
    }
  }
}

/** Reads a geometry into GEOS. Free it with GEOSGeom_destroy. @throws Error when GEOS does not take it */
export function readGeometry(geos: Geos, geometry: Geometry, project?: Projection): number {
  const bytes = encodeWkb(geometry, project)
  const memory = geos.Module._malloc(bytes.length)
  const reader = geos.GEOSWKBReader_create()
  try {
    geos.Module.HEAPU8.set(bytes, memory)
    const pointer = geos.GEOSWKBReader_read(reader, memory, bytes.length)
    if (pointer === 0) throw new Error(`Geometry engine does not read a ${geometry.type}`)
    return pointer
  } finally {
    geos.GEOSWKBReader_destroy(reader)
    geos.Module._free(memory)
  }
}

/** Answers a valid geometry instead of an invalid one, which is freed. */
function repaired(geos: Geos, pointer: number): number {
  if (geos.GEOSisValid(pointer) === 1) return pointer
  const valid = geos.GEOSMakeValid(pointer)
  if (valid === 0) return pointer
  geos.GEOSGeom_destroy(pointer)
  return valid
}
