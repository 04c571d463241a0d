import type { Decision } from '../model/change.ts'
import type { Entity } from '../model/entity.ts'
import type { Micros } from '../model/time.ts'
import { atTime } from './at-time.ts'
import { expiredChanges, wholeChange } from './settle.ts'
import { validUntil } from './valid-until.ts'

/**
 * Takes away what was the first to expire (CIM 009 v1.9.1, 4.22): a change at the instant of its expiry, which nobody
 * sees, since reads leave out what has expired. Nothing has expired: no change.
 */
export function reapEntity(current: Entity | undefined, now: Micros): Decision {
  const expiry = current && validUntil(current)
  if (!current || expiry === undefined || expiry > now) return {}
  const at = Math.max(expiry, current.modifiedAt)
  const next = atTime(current, at)
  if (!next) return { change: wholeChange('deleted', current, at) }
  const attributes = expiredChanges(current, next, next)
  return { next, change: { action: 'updated', at, attributes, members: false } }
}
