import { updateAttributes as update } from '../../core/merge/update-attributes.ts'
import type { Decision } from '../../core/model/change.ts'
import type { EntityFragment } from '../../core/model/entity.ts'
import type { Command, WriteDependencies } from '../command.ts'
import type { Selected } from '../selected.ts'
import { writeEntity } from '../write-entity.ts'

export interface UpdateAttributes extends Command, Selected {
  readonly fragment: EntityFragment
}

/** Update Attributes (CIM 009 v1.9.1, 5.6.2): replaces whole attributes, adds missing ones, deletes on null. */
export const updateAttributes =
  (dependencies: WriteDependencies) =>
  ({ id, selects, fragment, ...command }: UpdateAttributes): Promise<Decision> => {
    const attributes = Object.keys(fragment.attributes)
    return writeEntity(
      dependencies,
      command,
      { action: 'update', id, attributes, ...(selects && { selects }) },
      (current, now) => update(current, fragment, now),
    )
  }
