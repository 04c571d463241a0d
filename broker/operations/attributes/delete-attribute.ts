import { deleteAttribute as remove } from '../../core/merge/delete-attribute.ts'
import type { Iri } from '../../core/model/iri.ts'
import type { Command, WriteDependencies } from '../command.ts'
import type { Selected } from '../selected.ts'
import { writeEntity } from '../write-entity.ts'

export interface DeleteAttribute extends Command, Selected {
  /** `scope` deletes the scope of the entity. */
  readonly attribute: Iri | 'scope'
  readonly datasetId?: string
  readonly deleteAll: boolean
}

/** Delete Attribute (CIM 009 v1.9.1, 5.6.5): takes one instance or all instances away. */
export const deleteAttribute =
  (dependencies: WriteDependencies) =>
  async ({ id, selects, attribute, datasetId, deleteAll, ...command }: DeleteAttribute): Promise<void> => {
    const intent = { action: 'update', id, attributes: [attribute], ...(selects && { selects }) } as const
    const options = { deleteAll, ...(datasetId !== undefined && { datasetId }) }
    await writeEntity(dependencies, command, intent, (current, now) =>
      remove(current, attribute, options, now),
    )
  }
