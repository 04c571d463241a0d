import type { GeometryEngine } from '../geo/engine.ts'
import { matchGeo } from '../geo/match-geo.ts'
import type { Entity } from '../model/entity.ts'
import type { JsonValue } from '../model/json.ts'
import type { PartlyWithin } from './ast.ts'

/**
 * Tells whether an entity that names areas by a Relationship lies in the part of them that is asked for. Another name, and
 * no place, leave nothing to decide: what may lie there is not kept back.
 */
export function matchParts(
  { property, ids, geo }: PartlyWithin,
  entity: Entity,
  engine: GeometryEngine,
): boolean {
  const names = (entity.attributes[property] ?? []).flatMap(({ value }) => textsIn(value))
  if (names.some((name) => !ids.includes(name))) return true
  if (!Object.hasOwn(entity.attributes, geo.property)) return true
  return matchGeo(geo, entity, engine)
}

function textsIn(value: JsonValue): readonly string[] {
  return [value].flat().filter((item) => typeof item === 'string')
}
