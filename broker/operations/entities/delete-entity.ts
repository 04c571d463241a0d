import { deleteEntity as remove } from '../../core/merge/delete-entity.ts'
import { deleteRequest } from '../../federation/distribute/write-requests.ts'
import type { DistributedCommand, EntityWriteDependencies } from '../command.ts'
import { distributeWrite, type WriteOutcome } from '../distributed/distribute-write.ts'
import type { Selected } from '../selected.ts'
import { writeEntity } from '../write-entity.ts'

export interface DeleteEntity extends DistributedCommand, Selected {}

/** Delete Entity (CIM 009 v1.9.1, 5.6.6): takes the entity away, here and at other hubs; its history stays. */
export const deleteEntity =
  (dependencies: EntityWriteDependencies) =>
  ({ id, selects, selection, ...command }: DeleteEntity): Promise<WriteOutcome> => {
    const intent = { action: 'delete', id, ...(selects && { selects }) } as const
    return distributeWrite(dependencies, command, {
      operation: 'deleteEntity',
      intent,
      attributes: 'everything',
      whole: true,
      ...(selection && { selection }),
      own: (_part, sure) => writeEntity(dependencies, sure, intent, (current, now) => remove(current, now)),
      request: (known) => deleteRequest({ id, known }),
    })
  }
