import type { Entity } from '../../core/model/entity.ts'
import { matchTypes } from '../../core/query/match-types.ts'
import { matchPattern } from '../../core/query/pattern.ts'
import type { Forward } from '../registry/match-registrations.ts'

/** Keeps of an answer only what the source registered and was asked for: it cannot slip in anything else. */
export function keepRegistered(forward: Forward, entity: Entity): Entity | undefined {
  const { ids, idPattern, types, attributes } = forward
  if (ids && !ids.includes(entity.id)) return undefined
  if (!ids && idPattern !== undefined && !matchPattern(forward, idPattern, entity.id)) return undefined
  if (types && !matchTypes(types, entity.types)) return undefined
  if (!attributes) return entity
  const kept = Object.entries(entity.attributes).filter(([name]) => attributes.includes(name))
  return { ...entity, attributes: Object.fromEntries(kept) }
}
