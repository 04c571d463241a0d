import { appendAttributes as append } from '../../core/merge/append-attributes.ts'
import type { EntityFragment } from '../../core/model/entity.ts'
import { narrowFragment } from '../../federation/distribute/narrow-fragment.ts'
import { attributesRequest } from '../../federation/distribute/write-requests.ts'
import type { DistributedCommand, EntityWriteDependencies } from '../command.ts'
import { contentOf } from '../distributed/content-of.ts'
import { distributeWrite, type WriteOutcome } from '../distributed/distribute-write.ts'
import type { Selected } from '../selected.ts'
import { writeEntity } from '../write-entity.ts'

export interface AppendAttributes extends DistributedCommand, Selected {
  readonly fragment: EntityFragment
  readonly overwrite: boolean
}

/** Append Attributes (CIM 009 v1.9.1, 5.6.3): adds attributes, replacing those that are there if allowed. */
export const appendAttributes =
  (dependencies: EntityWriteDependencies) =>
  ({ id, selects, selection, fragment, overwrite, ...command }: AppendAttributes): Promise<WriteOutcome> => {
    const attributes = Object.keys(fragment.attributes)
    const intent = { action: 'update', id, ...(selects && { selects }) } as const
    return distributeWrite(dependencies, command, {
      operation: 'appendAttrs',
      intent: { attributes, ...intent },
      ...contentOf(fragment),
      ...(selection && { selection }),
      own: (part, sure) =>
        writeEntity(
          dependencies,
          sure,
          { attributes: part.attributes === 'everything' ? attributes : part.attributes, ...intent },
          (current, now) => append(current, narrowFragment(fragment, part), { overwrite }, now),
        ),
      request: (known) =>
        attributesRequest(
          'POST',
          { id, known },
          {
            fragment,
            ...(!overwrite && { parameters: { options: 'noOverwrite' } }),
          },
        ),
    })
  }
