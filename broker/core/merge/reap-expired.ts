import type { Decision } from '../model/change.ts'
import type { Entity } from '../model/entity.ts'
import type { Micros } from '../model/time.ts'
import { atTime } from './at-time.ts'
import { settle, wholeChange } from './settle.ts'

/** Takes away for good what expired inside an entity, or the entity itself (CIM 009 v1.9.1, 4.22 Transient storage). */
export function reapExpired(current: Entity | undefined, now: Micros): Decision {
  if (!current) return {}
  const live = atTime(current, now)
  return live ? settle(current, current, live, now) : { change: wholeChange('deleted', current, now) }
}
