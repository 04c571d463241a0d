import type { Entity } from '../model/entity.ts'
import type { Geometry, GeoQuery } from '../query/ast.ts'
import type { GeometryEngine } from './engine.ts'
import { isGeometry } from './parse-geometry.ts'

/**
 * Tells whether an entity satisfies a geoquery (CIM 009 v1.9.1, 4.10 NGSI-LD Geoquery Language).
 * Any instance of the GeoProperty suffices; an entity without it never matches, not even `disjoint`.
 */
export function matchGeo(query: GeoQuery, entity: Entity, engine: GeometryEngine): boolean {
  if (!Object.hasOwn(entity.attributes, query.property)) return false
  const instances = entity.attributes[query.property] ?? []
  return instances.some(
    ({ kind, value }) => kind === 'GeoProperty' && isGeometry(value) && matchGeometry(query, value, engine),
  )
}

/** Within the closed buffer for maxDistance, disjoint from it for minDistance. */
function matchGeometry(query: GeoQuery, target: Geometry, engine: GeometryEngine): boolean {
  const { relation, geometry, maxDistance, minDistance } = query
  if (relation !== 'near') return engine.relates(relation, target, geometry)
  const distance = engine.distance(target, geometry)
  if (maxDistance !== undefined) return distance <= maxDistance
  return minDistance !== undefined && distance > minDistance
}
