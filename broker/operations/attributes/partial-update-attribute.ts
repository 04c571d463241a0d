import { partialUpdateAttribute as update } from '../../core/merge/partial-update-attribute.ts'
import type { InstanceFragment } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import { instancesOf } from '../../federation/distribute/narrow-fragment.ts'
import { attributeRequest } from '../../federation/distribute/write-requests.ts'
import type { DistributedCommand, EntityWriteDependencies } from '../command.ts'
import { datasetsOf } from '../distributed/content-of.ts'
import { distributeWrite, type WriteOutcome } from '../distributed/distribute-write.ts'
import type { Selected } from '../selected.ts'
import { writeEntity } from '../write-entity.ts'

export interface PartialUpdateAttribute extends DistributedCommand, Selected {
  readonly attribute: Iri
  readonly fragments: readonly InstanceFragment[]
}

/** Partial Attribute Update (CIM 009 v1.9.1, 5.6.4): changes members of an attribute, keeps the others. */
export const partialUpdateAttribute =
  (dependencies: EntityWriteDependencies) =>
  (request: PartialUpdateAttribute): Promise<WriteOutcome> => {
    const { id, selects, selection, attribute, fragments, ...command } = request
    const intent = { action: 'update', id, attributes: [attribute], ...(selects && { selects }) } as const
    return distributeWrite(dependencies, command, {
      operation: 'updateAttrs',
      intent,
      attributes: [attribute],
      whole: false,
      ...datasetsOf({ [attribute]: fragments }),
      ...(selection && { selection }),
      own: (part, sure) =>
        writeEntity(dependencies, sure, intent, (current, now) =>
          update(current, attribute, instancesOf(part, attribute, fragments), now),
        ),
      request: (known) => attributeRequest('PATCH', { id, known }, { attribute, fragments }),
    })
  }
