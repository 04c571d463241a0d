import type { Entity } from '../model/entity.ts'
import { Problem } from '../model/problem.ts'
import type { Micros } from '../model/time.ts'
import { atTime } from './at-time.ts'

/** Answers the entity as it stands now. @throws Problem ResourceNotFound when there is none, or it expired */
export function existingEntity(current: Entity | undefined, now: Micros, id = current?.id): Entity {
  const live = current && atTime(current, now)
  if (!live)
    throw new Problem('ResourceNotFound', id ? `Entity ${id} does not exist` : 'Entity does not exist')
  return live
}
