import { partialUpdateAttribute as update } from '../../core/merge/partial-update-attribute.ts'
import type { InstanceFragment } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { Command, WriteDependencies } from '../command.ts'
import type { Selected } from '../selected.ts'
import { writeEntity } from '../write-entity.ts'

export interface PartialUpdateAttribute extends Command, Selected {
  readonly attribute: Iri
  readonly fragments: readonly InstanceFragment[]
}

/** Partial Attribute Update (CIM 009 v1.9.1, 5.6.4): changes members of an attribute, keeps the others. */
export const partialUpdateAttribute =
  (dependencies: WriteDependencies) =>
  async ({ id, selects, attribute, fragments, ...command }: PartialUpdateAttribute): Promise<void> => {
    const intent = { action: 'update', id, attributes: [attribute], ...(selects && { selects }) } as const
    await writeEntity(dependencies, command, intent, (current, now) =>
      update(current, attribute, fragments, now),
    )
  }
