import { deleteEntity as remove } from '../../core/merge/delete-entity.ts'
import type { Command, WriteDependencies } from '../command.ts'
import type { Selected } from '../selected.ts'
import { writeEntity } from '../write-entity.ts'

export interface DeleteEntity extends Command, Selected {}

/** Delete Entity (CIM 009 v1.9.1, 5.6.6): takes the entity away; its history stays. */
export const deleteEntity =
  (dependencies: WriteDependencies) =>
  async ({ id, selects, ...command }: DeleteEntity): Promise<void> => {
    await writeEntity(
      dependencies,
      command,
      { action: 'delete', id, ...(selects && { selects }) },
      (current, now) => remove(current, now),
    )
  }
