import { wholeChange } from '../../core/merge/settle.ts'
import type { Entity } from '../../core/model/entity.ts'
import type { NotifiedEntity } from '../notified-entity.ts'

/**
 * Narrows a change to a selection of entities: what comes into it is created, what goes out of it is deleted, as if
 * nothing else were there. undefined: the change has nothing to do with it.
 */
export function selectChange(
  change: NotifiedEntity,
  selects: (entity: Entity) => boolean,
): NotifiedEntity | undefined {
  const { id, at, before, after } = change
  const was = before && selects(before)
  const is = after && selects(after)
  if (!was && !is) return undefined
  if ((was || !before) && (is || !after)) return change
  if (is) return { id, at, after, changes: wholeChange('created', after, at).attributes }
  return before && { id, at, before, changes: wholeChange('deleted', before, at).attributes }
}
