import type { Entity } from '../model/entity.ts'
import { Problem } from '../model/problem.ts'

/** An entity may take so much room after a write, as UTF-8 JSON text. */
const MAX_ENTITY_BYTES = 1_048_576

/** Refuses an entity that has become too large; `text`: its JSON text. @throws Problem RequestEntityTooLarge */
export function limitEntitySize(
  entity: Entity,
  maxBytes: number = MAX_ENTITY_BYTES,
  text: string = JSON.stringify(entity),
): void {
  if (isLarger(text, maxBytes)) {
    throw new Problem(
      'RequestEntityTooLarge',
      `Entity ${entity.id} takes more than ${maxBytes} bytes after this write`,
    )
  }
}

/** A code unit takes one to three bytes: most texts need no counting. */
function isLarger(text: string, maxBytes: number): boolean {
  if (text.length * 3 <= maxBytes) return false
  return text.length > maxBytes || new TextEncoder().encode(text).length > maxBytes
}
