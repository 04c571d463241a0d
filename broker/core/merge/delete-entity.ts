import type { Decision } from '../model/change.ts'
import type { Entity } from '../model/entity.ts'
import type { Micros } from '../model/time.ts'
import { existingEntity } from './existing-entity.ts'
import { wholeChange } from './settle.ts'

/** Delete Entity (CIM 009 v1.9.1, 5.6.6): takes an entity away with all its attributes. */
export function deleteEntity(current: Entity | undefined, now: Micros): Decision {
  const live = existingEntity(current, now)
  return { change: wholeChange('deleted', current ?? live, now), updated: [], notUpdated: [] }
}
