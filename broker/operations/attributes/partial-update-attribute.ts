import { partialUpdateAttribute as update } from '../../core/merge/partial-update-attribute.ts'
import type { EntityWriteDependencies } from '../command.ts'
import type { WriteOutcome } from '../distributed/distribute-write.ts'
import { type AttributeWrite, writeAttribute } from '../distributed/write-attribute.ts'

/** Partial Attribute Update (CIM 009 v1.9.1, 5.6.4): changes members of an attribute, keeps the others. */
export const partialUpdateAttribute =
  (dependencies: EntityWriteDependencies) =>
  (write: AttributeWrite): Promise<WriteOutcome> =>
    writeAttribute(dependencies, write, { operation: 'updateAttrs', method: 'PATCH', decide: update })
