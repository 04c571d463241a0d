import { deleteAttribute as remove } from '../../core/merge/delete-attribute.ts'
import type { Iri } from '../../core/model/iri.ts'
import { deleteAttributeRequest } from '../../federation/distribute/write-requests.ts'
import type { DistributedCommand, EntityWriteDependencies } from '../command.ts'
import { distributeWrite, type WriteOutcome } from '../distributed/distribute-write.ts'
import type { Selected } from '../selected.ts'
import { writeEntity } from '../write-entity.ts'

export interface DeleteAttribute extends DistributedCommand, Selected {
  /** `scope` deletes the scope of the entity. */
  readonly attribute: Iri | 'scope'
  readonly datasetId?: string
  readonly deleteAll: boolean
}

/** Delete Attribute (CIM 009 v1.9.1, 5.6.5): takes one instance or all instances away. */
export const deleteAttribute =
  (dependencies: EntityWriteDependencies) =>
  (request: DeleteAttribute): Promise<WriteOutcome> => {
    const { id, selects, selection, attribute, datasetId, deleteAll, ...command } = request
    const intent = { action: 'update', id, attributes: [attribute], ...(selects && { selects }) } as const
    const options = { deleteAll, ...(datasetId !== undefined && { datasetId }) }
    const parameters = {
      ...(deleteAll && { deleteAll: 'true' }),
      ...(datasetId !== undefined && { datasetId }),
    }
    const datasetIds = [datasetId ?? '@none']
    const instance = { datasetIds, datasets: new Map([[attribute, datasetIds]]) }
    return distributeWrite(dependencies, command, {
      operation: 'deleteAttrs',
      intent,
      // the scope is no attribute that a source could register
      attributes: attribute === 'scope' ? [] : [attribute],
      whole: attribute === 'scope',
      ...(!deleteAll && instance),
      ...(selection && { selection }),
      own: (_part, sure) =>
        writeEntity(dependencies, sure, intent, (current, now) => remove(current, attribute, options, now)),
      request: (known) => deleteAttributeRequest({ id, known }, attribute, parameters),
    })
  }
