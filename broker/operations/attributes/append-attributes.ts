import { appendAttributes as append } from '../../core/merge/append-attributes.ts'
import type { Decision } from '../../core/model/change.ts'
import type { EntityFragment } from '../../core/model/entity.ts'
import type { Command, WriteDependencies } from '../command.ts'
import type { Selected } from '../selected.ts'
import { writeEntity } from '../write-entity.ts'

export interface AppendAttributes extends Command, Selected {
  readonly fragment: EntityFragment
  readonly overwrite: boolean
}

/** Append Attributes (CIM 009 v1.9.1, 5.6.3): adds attributes, replacing those that are there if allowed. */
export const appendAttributes =
  (dependencies: WriteDependencies) =>
  ({ id, selects, fragment, overwrite, ...command }: AppendAttributes): Promise<Decision> => {
    const attributes = Object.keys(fragment.attributes)
    return writeEntity(
      dependencies,
      command,
      { action: 'update', id, attributes, ...(selects && { selects }) },
      (current, now) => append(current, fragment, { overwrite }, now),
    )
  }
