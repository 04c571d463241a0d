import { createEntity as create } from '../../core/merge/create-entity.ts'
import type { EntityFragment } from '../../core/model/entity.ts'
import type { Command, WriteDependencies } from '../command.ts'
import { writeEntity } from '../write-entity.ts'

export interface CreateEntity extends Command {
  /** With id and types: the decode room saw to it. */
  readonly fragment: EntityFragment
}

/** Create Entity (CIM 009 v1.9.1, 5.6.1): keeps a new entity. @throws Problem AlreadyExists */
export const createEntity =
  ({ store, ...rest }: WriteDependencies) =>
  async ({ fragment, ...command }: CreateEntity): Promise<{ readonly id: string }> => {
    const { id = '', types = [] } = fragment
    const attributes = Object.keys(fragment.attributes)
    await store.createTenant(command.tenant)
    await writeEntity(
      { store, ...rest },
      command,
      { action: 'create', id, types, attributes },
      (current, now) => create(current, fragment, now),
    )
    return { id }
  }
