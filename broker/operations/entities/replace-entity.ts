import { replaceEntity as replace } from '../../core/merge/replace-entity.ts'
import type { EntityFragment } from '../../core/model/entity.ts'
import { narrowFragment } from '../../federation/distribute/narrow-fragment.ts'
import { replaceRequest } from '../../federation/distribute/write-requests.ts'
import type { DistributedCommand, EntityWriteDependencies } from '../command.ts'
import { contentOf } from '../distributed/content-of.ts'
import { distributeWrite, type WriteOutcome } from '../distributed/distribute-write.ts'
import type { Selected } from '../selected.ts'
import { writeEntity } from '../write-entity.ts'

export interface ReplaceEntity extends DistributedCommand, Selected {
  readonly fragment: EntityFragment
}

/** Replace Entity (CIM 009 v1.9.1, 5.6.18): leaves nothing of what was there but createdAt. */
export const replaceEntity =
  (dependencies: EntityWriteDependencies) =>
  ({ id, selects, selection, fragment, ...command }: ReplaceEntity): Promise<WriteOutcome> => {
    const intent = { action: 'update', id, ...(selects && { selects }) } as const
    return distributeWrite(dependencies, command, {
      operation: 'replaceEntity',
      intent,
      ...contentOf(fragment),
      whole: true,
      ...(selection && { selection }),
      own: (part, sure) =>
        writeEntity(dependencies, sure, intent, (current, now) =>
          replace(current, { ...narrowFragment(fragment, part), id }, now),
        ),
      request: (known) => replaceRequest({ id, known }, { ...fragment, id }),
    })
  }
