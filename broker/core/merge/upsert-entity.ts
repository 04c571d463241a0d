import type { Decision } from '../model/change.ts'
import type { Entity, EntityFragment } from '../model/entity.ts'
import type { Micros } from '../model/time.ts'
import { atTime } from './at-time.ts'
import { createEntity } from './create-entity.ts'
import { replaceEntity } from './replace-entity.ts'
import { updateAttributes } from './update-attributes.ts'

/** Upsert of one entity of a batch (CIM 009 v1.9.1, 5.6.8): creates it, else replaces it or updates its attributes. */
export function upsertEntity(
  current: Entity | undefined,
  fragment: EntityFragment,
  { mode }: { readonly mode: 'replace' | 'update' },
  now: Micros,
): Decision {
  if (!current || !atTime(current, now)) return createEntity(current, fragment, now)
  return mode === 'replace' ? replaceEntity(current, fragment, now) : updateAttributes(current, fragment, now)
}
