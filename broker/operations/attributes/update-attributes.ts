import { updateAttributes as update } from '../../core/merge/update-attributes.ts'
import { attributesRequest } from '../../federation/distribute/write-requests.ts'
import type { EntityWriteDependencies } from '../command.ts'
import type { WriteOutcome } from '../distributed/distribute-write.ts'
import { type FragmentWrite, writeFragment } from '../distributed/write-fragment.ts'

/** Update Attributes (CIM 009 v1.9.1, 5.6.2): replaces whole attributes, adds missing ones, deletes on null. */
export const updateAttributes =
  (dependencies: EntityWriteDependencies) =>
  (write: FragmentWrite): Promise<WriteOutcome> =>
    writeFragment(dependencies, write, {
      operation: 'updateEntity',
      decide: update,
      request: (written) => attributesRequest('PATCH', written, { fragment: write.fragment }),
    })
