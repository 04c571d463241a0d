import { setAttributeValue as set, type ValueSetting } from '../../core/merge/set-attribute-value.ts'
import type { Command, WriteDependencies } from '../command.ts'
import type { Selected } from '../selected.ts'
import { writeEntity } from '../write-entity.ts'

export interface SetAttributeValue extends Command, Selected {
  readonly setting: ValueSetting
}

/** Set Attribute Value (TS 104 175, 10.2.6): changes the value of an attribute and nothing else. */
export const setAttributeValue =
  (dependencies: WriteDependencies) =>
  async ({ id, selects, setting, ...command }: SetAttributeValue): Promise<void> => {
    const intent = {
      action: 'update',
      id,
      attributes: [setting.attribute],
      ...(selects && { selects }),
    } as const
    await writeEntity(dependencies, command, intent, (current, now) => set(current, setting, now))
  }
