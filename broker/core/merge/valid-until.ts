import type { Attributes, Entity } from '../model/entity.ts'
import type { Micros } from '../model/time.ts'

/** Answers the earliest expiry inside an entity; until then `atTime` answers the same. */
export function validUntil(entity: Entity): Micros | undefined {
  const earliest = Math.min(entity.expiresAt ?? Infinity, earliestExpiry(entity.attributes))
  return earliest === Infinity ? undefined : earliest
}

/** Answers the earliest expiry among attributes and their sub-attributes; Infinity when nothing expires. */
export function earliestExpiry(attributes: Attributes | undefined): Micros {
  let earliest = Infinity
  for (const name in attributes) {
    for (const instance of attributes[name] ?? []) {
      earliest = Math.min(earliest, instance.expiresAt ?? Infinity, earliestExpiry(instance.attributes))
    }
  }
  return earliest
}
