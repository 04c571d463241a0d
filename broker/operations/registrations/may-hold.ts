import type { GeometryEngine } from '../../core/geo/engine.ts'
import { isGeometry } from '../../core/geo/parse-geometry.ts'
import type { JsonObject } from '../../core/model/json.ts'
import type { GeoQuery } from '../../core/query/ast.ts'
import { AREA_MEMBERS } from '../../federation/registry/registration.ts'

export interface MayHold {
  readonly engine: GeometryEngine
}

/** Tells whether the registered area matches, or may hold places that match, a geoquery (CIM 009 v1.9.1, 5.10.2.4). */
export function mayHold(document: JsonObject, geo: GeoQuery, { engine }: MayHold): boolean {
  const area = document[AREA_MEMBERS.get(geo.property) ?? '']
  if (area === undefined || !isGeometry(area)) return false
  if (geo.relation === 'near') {
    if (geo.maxDistance !== undefined) return engine.distance(area, geo.geometry) <= geo.maxDistance
    return area.type !== 'Point' || engine.distance(area, geo.geometry) >= (geo.minDistance ?? 0)
  }
  if (geo.relation === 'disjoint') return !engine.relates('within', area, geo.geometry)
  return engine.relates('intersects', area, geo.geometry)
}
