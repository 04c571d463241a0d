import { replaceEntity as replace } from '../../core/merge/replace-entity.ts'
import type { EntityFragment } from '../../core/model/entity.ts'
import type { Command, WriteDependencies } from '../command.ts'
import type { Selected } from '../selected.ts'
import { writeEntity } from '../write-entity.ts'

export interface ReplaceEntity extends Command, Selected {
  readonly fragment: EntityFragment
}

/** Replace Entity (CIM 009 v1.9.1, 5.6.18): leaves nothing of what was there but createdAt. */
export const replaceEntity =
  (dependencies: WriteDependencies) =>
  async ({ id, selects, fragment, ...command }: ReplaceEntity): Promise<void> => {
    await writeEntity(
      dependencies,
      command,
      { action: 'update', id, ...(selects && { selects }) },
      (current, now) => replace(current, { ...fragment, id }, now),
    )
  }
