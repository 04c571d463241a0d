import { appendAttributes as append } from '../../core/merge/append-attributes.ts'
import { attributesRequest } from '../../federation/distribute/write-requests.ts'
import type { EntityWriteDependencies } from '../command.ts'
import type { WriteOutcome } from '../distributed/distribute-write.ts'
import { type FragmentWrite, writeFragment } from '../distributed/write-fragment.ts'

export interface AppendAttributes extends FragmentWrite {
  readonly overwrite: boolean
}

/** Append Attributes (CIM 009 v1.9.1, 5.6.3): adds attributes, replacing those that are there if allowed. */
export const appendAttributes =
  (dependencies: EntityWriteDependencies) =>
  ({ overwrite, ...write }: AppendAttributes): Promise<WriteOutcome> => {
    const { fragment } = write
    const options = overwrite ? {} : { parameters: { options: 'noOverwrite' } }
    return writeFragment(dependencies, write, {
      operation: 'appendAttrs',
      decide: (current, part, now) => append(current, part, { overwrite }, now),
      request: (written) => attributesRequest('POST', written, { fragment, ...options }),
    })
  }
