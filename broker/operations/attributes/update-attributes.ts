import { updateAttributes as update } from '../../core/merge/update-attributes.ts'
import type { EntityFragment } from '../../core/model/entity.ts'
import { narrowFragment } from '../../federation/distribute/narrow-fragment.ts'
import { attributesRequest } from '../../federation/distribute/write-requests.ts'
import type { DistributedCommand, EntityWriteDependencies } from '../command.ts'
import { contentOf } from '../distributed/content-of.ts'
import { distributeWrite, type WriteOutcome } from '../distributed/distribute-write.ts'
import type { Selected } from '../selected.ts'
import { writeEntity } from '../write-entity.ts'

export interface UpdateAttributes extends DistributedCommand, Selected {
  readonly fragment: EntityFragment
}

/** Update Attributes (CIM 009 v1.9.1, 5.6.2): replaces whole attributes, adds missing ones, deletes on null. */
export const updateAttributes =
  (dependencies: EntityWriteDependencies) =>
  ({ id, selects, selection, fragment, ...command }: UpdateAttributes): Promise<WriteOutcome> => {
    const attributes = Object.keys(fragment.attributes)
    const intent = { action: 'update', id, ...(selects && { selects }) } as const
    return distributeWrite(dependencies, command, {
      operation: 'updateEntity',
      intent: { attributes, ...intent },
      ...contentOf(fragment),
      ...(selection && { selection }),
      own: (part, sure) =>
        writeEntity(
          dependencies,
          sure,
          { attributes: part.attributes === 'everything' ? attributes : part.attributes, ...intent },
          (current, now) => update(current, narrowFragment(fragment, part), now),
        ),
      request: (known) => attributesRequest('PATCH', { id, known }, { fragment }),
    })
  }
