import type { Entity } from '../../core/model/entity.ts'
import { matchTypes } from '../../core/query/match-types.ts'
import { matchPattern } from '../../core/query/pattern.ts'
import type { Forward } from '../registry/match-registrations.ts'

/** Keeps of an answer only what the source registered and was asked for: it cannot slip in anything else. */
export function keepRegistered(forward: Forward, entity: Entity): Entity | undefined {
  const { types, attributes } = forward
  if (!keepsId(forward, entity.id)) return undefined
  if (types && !matchTypes(types, entity.types)) return undefined
  if (!attributes) return entity
  const kept = Object.entries(entity.attributes).filter(([name]) => attributes.includes(name))
  return { ...entity, attributes: Object.fromEntries(kept) }
}

/** Tells whether a source registered this id and was asked for it. */
export function keepsId(forward: Forward, id: string): boolean {
  const { ids, idPattern } = forward
  if (ids) return ids.includes(id)
  return idPattern === undefined || matchPattern(forward, idPattern, id)
}
