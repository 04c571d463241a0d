import type { GeometryEngine } from '../geo/engine.ts'
import { matchGeo } from '../geo/match-geo.ts'
import type { Entity } from '../model/entity.ts'
import type { EntityQuery, EntitySelector } from './ast.ts'
import { matchParts } from './match-parts.ts'
import { matchQ, type QueryContext } from './match-q.ts'
import { matchScopes } from './match-scopes.ts'
import { matchTypes } from './match-types.ts'
import { matchPattern } from './pattern.ts'

/**
 * Tells whether a query selects an entity: the judge of every query (CIM 009 v1.9.1, 5.7.2 Query Entities).
 * Every part narrows; what is not there does not. The cheapest parts are asked first.
 */
export function matchEntity(
  query: EntityQuery,
  entity: Entity,
  engine: GeometryEngine,
  context?: QueryContext,
): boolean {
  return (
    matchSelector(query, entity) &&
    (!query.selectors || query.selectors.some((selector) => matchSelector(selector, entity))) &&
    (!query.scope || matchScopes(query.scope, entity.scopes)) &&
    (!query.attributes || query.attributes.some((name) => Object.hasOwn(entity.attributes, name))) &&
    (!query.q || matchQ(query.q, entity, context)) &&
    (!query.geo || matchGeo(query.geo, entity, engine)) &&
    (!query.parts || matchParts(query.parts, entity, engine))
  )
}

/** Types and ids; the pattern only counts when there are no ids (6.4.3.2). */
function matchSelector(selector: Partial<EntitySelector>, entity: Entity): boolean {
  const { ids, idPattern, types } = selector
  if (types && !matchTypes(types, entity.types)) return false
  if (ids) return idSet(ids).has(entity.id)
  return idPattern === undefined || matchPattern(selector, idPattern, entity.id)
}

const idSets = new WeakMap<readonly string[], ReadonlySet<string>>()

function idSet(ids: readonly string[]): ReadonlySet<string> {
  let set = idSets.get(ids)
  if (!set) {
    set = new Set(ids)
    idSets.set(ids, set)
  }
  return set
}
