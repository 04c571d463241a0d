import { replaceAttribute as replace } from '../../core/merge/replace-attribute.ts'
import type { WriteDependencies } from '../command.ts'
import { writeEntity } from '../write-entity.ts'
import type { PartialUpdateAttribute } from './partial-update-attribute.ts'

/** Replace Attribute (CIM 009 v1.9.1, 5.6.19): leaves nothing of the instance but createdAt. */
export const replaceAttribute =
  (dependencies: WriteDependencies) =>
  async ({ id, selects, attribute, fragments, ...command }: PartialUpdateAttribute): Promise<void> => {
    const intent = { action: 'update', id, attributes: [attribute], ...(selects && { selects }) } as const
    await writeEntity(dependencies, command, intent, (current, now) =>
      replace(current, attribute, fragments, now),
    )
  }
