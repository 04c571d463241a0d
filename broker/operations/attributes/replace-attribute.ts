import { replaceAttribute as replace } from '../../core/merge/replace-attribute.ts'
import type { EntityWriteDependencies } from '../command.ts'
import type { WriteOutcome } from '../distributed/distribute-write.ts'
import { type AttributeWrite, writeAttribute } from '../distributed/write-attribute.ts'

/** Replace Attribute (CIM 009 v1.9.1, 5.6.19): leaves nothing of the instance but createdAt. */
export const replaceAttribute =
  (dependencies: EntityWriteDependencies) =>
  (write: AttributeWrite): Promise<WriteOutcome> =>
    writeAttribute(dependencies, write, { operation: 'replaceAttrs', method: 'PUT', decide: replace })
