import type { ChangePosition, PlanePosition } from '../geo/map-places.ts'

/** A coordinate reference system that answers and bodies can be in; what is kept is WGS84. */
export interface ReferenceSystem {
  /** As the hub names it: EPSG:9213. */
  readonly id: string
  /** As the OGC names it. */
  readonly uri: string
  readonly fromWgs84: ChangePosition
  readonly toWgs84: ChangePosition
  /** Says what positions rather are that lie outside the area of the hub as this system; undefined: nothing else either. */
  likelier(positions: readonly PlanePosition[]): string | undefined
}

/** The reference systems that the hub knows. */
export interface ReferenceSystems {
  /** The system that a name stands for; undefined: it is not known. */
  named(name: string): Promise<ReferenceSystem | undefined>
}
