import type { Decision } from '../model/change.ts'
import type { Entity, EntityFragment } from '../model/entity.ts'
import type { Micros } from '../model/time.ts'
import { checkSameId } from './check-same-id.ts'
import { wholeEntity } from './create-entity.ts'
import { existingEntity } from './existing-entity.ts'
import { settle } from './settle.ts'

/** Replace Entity (CIM 009 v1.9.1, 5.6.18): puts new content in place of the old, `createdAt` stays. */
export function replaceEntity(current: Entity | undefined, fragment: EntityFragment, now: Micros): Decision {
  const live = existingEntity(current, now, fragment.id)
  checkSameId(live, fragment)
  const wanted = wholeEntity(fragment, fragment.types ?? live.types, now)
  const decision = settle(current ?? live, live, wanted, now)
  return { updated: Object.keys(wanted.attributes), notUpdated: [], ...decision }
}
