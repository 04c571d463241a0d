import { mergeEntity as merge } from '../../core/merge/merge-entity.ts'
import type { EntityFragment } from '../../core/model/entity.ts'
import { formatDateTime, type Micros } from '../../core/model/time.ts'
import { narrowFragment } from '../../federation/distribute/narrow-fragment.ts'
import { mergeRequest } from '../../federation/distribute/write-requests.ts'
import type { DistributedCommand, EntityWriteDependencies } from '../command.ts'
import { contentOf } from '../distributed/content-of.ts'
import { distributeWrite, type WriteOutcome } from '../distributed/distribute-write.ts'
import type { Selected } from '../selected.ts'
import { writeEntity } from '../write-entity.ts'

export interface MergeEntity extends DistributedCommand, Selected {
  readonly fragment: EntityFragment
  /** The body has bare values: a source has to be told. */
  readonly simplified?: boolean
  readonly observedAt?: Micros
  readonly lang?: string
}

/** Merge Entity (CIM 009 v1.9.1, 5.6.17): overlays the fragment on the stored entity. */
export const mergeEntity =
  (dependencies: EntityWriteDependencies) =>
  ({ id, selects, selection, fragment, ...request }: MergeEntity): Promise<WriteOutcome> => {
    const { simplified, observedAt, lang, ...command } = request
    const options = { ...(observedAt !== undefined && { observedAt }), ...(lang !== undefined && { lang }) }
    const parameters = {
      ...(simplified && { options: 'keyValues' }),
      ...(observedAt !== undefined && { observedAt: formatDateTime(observedAt) }),
      ...(lang !== undefined && { lang }),
    }
    const attributes = Object.keys(fragment.attributes)
    const intent = { action: 'update', id, ...(selects && { selects }) } as const
    return distributeWrite(dependencies, command, {
      operation: 'mergeEntity',
      intent: { attributes, ...intent },
      ...contentOf(fragment),
      ...(selection && { selection }),
      own: (part, sure) =>
        writeEntity(
          dependencies,
          sure,
          { attributes: part.attributes === 'everything' ? attributes : part.attributes, ...intent },
          (current, now) => merge(current, narrowFragment(fragment, part), options, now),
        ),
      request: (known) => mergeRequest({ id, known }, fragment, parameters),
    })
  }
