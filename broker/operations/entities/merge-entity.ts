import { mergeEntity as merge } from '../../core/merge/merge-entity.ts'
import { formatDateTime, type Micros } from '../../core/model/time.ts'
import { mergeRequest } from '../../federation/distribute/write-requests.ts'
import type { EntityWriteDependencies } from '../command.ts'
import type { WriteOutcome } from '../distributed/distribute-write.ts'
import { type FragmentWrite, writeFragment } from '../distributed/write-fragment.ts'

export interface MergeEntity extends FragmentWrite {
  /** The body has bare values: a source has to be told. */
  readonly simplified?: boolean
  readonly observedAt?: Micros
  readonly lang?: string
}

/** Merge Entity (CIM 009 v1.9.1, 5.6.17): overlays the fragment on the stored entity. */
export const mergeEntity =
  (dependencies: EntityWriteDependencies) =>
  ({ simplified, observedAt, lang, ...write }: MergeEntity): Promise<WriteOutcome> => {
    const options = { ...(observedAt !== undefined && { observedAt }), ...(lang !== undefined && { lang }) }
    const parameters = {
      ...(simplified && { options: 'keyValues' }),
      ...(observedAt !== undefined && { observedAt: formatDateTime(observedAt) }),
      ...(lang !== undefined && { lang }),
    }
    return writeFragment(dependencies, write, {
      operation: 'mergeEntity',
      decide: (current, part, now) => merge(current, part, options, now),
      request: (written) => mergeRequest(written, write.fragment, parameters),
    })
  }
