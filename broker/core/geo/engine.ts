import type { Geometry, GeoRelation } from '../query/ast.ts'

/** A complete DE-9IM geometry engine on WGS84 longitude and latitude. Synchronous and pure once it is ready. */
export interface GeometryEngine {
  /** Loads the engine at the first call; everything else may be asked when it has resolved. */
  ready(): Promise<void>
  /** Tells whether `left` stands in `relation` (any but near) to `right`; an invalid geometry is repaired for it. */
  relates(relation: Exclude<GeoRelation, 'near'>, left: Geometry, right: Geometry): boolean
  /** Shortest geodesic distance between two geometries, in metres; 0 when they touch. */
  distance(left: Geometry, right: Geometry): number
  /** The same on a sphere, by the haversine formula (CIM 009 v1.9.1, 4.23.1). */
  sphericalDistance(left: Geometry, right: Geometry): number
}
