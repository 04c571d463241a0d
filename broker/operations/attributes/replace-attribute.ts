import { replaceAttribute as replace } from '../../core/merge/replace-attribute.ts'
import { instancesOf } from '../../federation/distribute/narrow-fragment.ts'
import { attributeRequest } from '../../federation/distribute/write-requests.ts'
import type { EntityWriteDependencies } from '../command.ts'
import { datasetsOf } from '../distributed/content-of.ts'
import { distributeWrite, type WriteOutcome } from '../distributed/distribute-write.ts'
import { writeEntity } from '../write-entity.ts'
import type { PartialUpdateAttribute } from './partial-update-attribute.ts'

/** Replace Attribute (CIM 009 v1.9.1, 5.6.19): leaves nothing of the instance but createdAt. */
export const replaceAttribute =
  (dependencies: EntityWriteDependencies) =>
  (request: PartialUpdateAttribute): Promise<WriteOutcome> => {
    const { id, selects, selection, attribute, fragments, ...command } = request
    const intent = { action: 'update', id, attributes: [attribute], ...(selects && { selects }) } as const
    return distributeWrite(dependencies, command, {
      operation: 'replaceAttrs',
      intent,
      attributes: [attribute],
      whole: false,
      ...datasetsOf({ [attribute]: fragments }),
      ...(selection && { selection }),
      own: (part, sure) =>
        writeEntity(dependencies, sure, intent, (current, now) =>
          replace(current, attribute, instancesOf(part, attribute, fragments), now),
        ),
      request: (known) => attributeRequest('PUT', { id, known }, { attribute, fragments }),
    })
  }
