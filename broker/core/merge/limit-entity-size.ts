import type { Entity } from '../model/entity.ts'
import { Problem } from '../model/problem.ts'

/** An entity may take so much room after a write, as UTF-8 JSON text. */
const MAX_ENTITY_BYTES = 1_048_576

/** Refuses an entity that has become too large. @throws Problem RequestEntityTooLarge */
export function limitEntitySize(entity: Entity, maxBytes: number = MAX_ENTITY_BYTES): void {
  if (roomLeft(entity, maxBytes) >= 0) return
  if (new TextEncoder().encode(JSON.stringify(entity)).length > maxBytes) {
    throw new Problem(
      'RequestEntityTooLarge',
      `Entity ${entity.id} takes more than ${maxBytes} bytes after this write`,
    )
  }
}

/** A code unit takes up to six bytes (`\u0000`). */
const UNIT_BYTES = 6
/** Quotes, colon and comma around a text; also the most that another scalar takes. */
const SCALAR_BYTES = 26

/**
 * Answers what is left of so many bytes when a value takes as much as it could; negative: it may take more. So most
 * entities are measured without being written.
 */
function roomLeft(value: unknown, room: number): number {
  if (typeof value === 'string') return room - value.length * UNIT_BYTES - SCALAR_BYTES
  let left = room - SCALAR_BYTES
  if (typeof value !== 'object' || value === null) return left
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length && left >= 0; at++) left = roomLeft(value[at], left)
    return left
  }
  for (const name in value) {
    if (left < 0) return left
    left = roomLeft(value[name as keyof typeof value], left - name.length * UNIT_BYTES)
  }
  return left
}
