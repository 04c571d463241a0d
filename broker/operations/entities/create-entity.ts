import { createEntity as create } from '../../core/merge/create-entity.ts'
import type { EntityFragment } from '../../core/model/entity.ts'
import { NGSI_LD_NULL } from '../../core/model/iri.ts'
import { narrowFragment } from '../../federation/distribute/narrow-fragment.ts'
import { createRequest } from '../../federation/distribute/write-requests.ts'
import type { DistributedCommand, EntityWriteDependencies } from '../command.ts'
import { contentOf } from '../distributed/content-of.ts'
import { distributeWrite, type WriteOutcome } from '../distributed/distribute-write.ts'
import { checkIntent } from '../guard.ts'
import { writeEntity } from '../write-entity.ts'

export interface CreateEntity extends DistributedCommand {
  /** With id and types: the decode room saw to it. */
  readonly fragment: EntityFragment
}

/** Create Entity (CIM 009 v1.9.1, 5.6.1): keeps a new entity, here and where its parts belong. @throws Problem AlreadyExists */
export const createEntity =
  (dependencies: EntityWriteDependencies) =>
  async ({ fragment, ...command }: CreateEntity): Promise<WriteOutcome & { readonly id: string }> => {
    const { id = '', types = [], scopes = [] } = fragment
    const attributes = Object.keys(fragment.attributes)
    const intent = { action: 'create', id, types, attributes } as const
    checkIntent(command, intent) // who may not create makes no tenant either
    await dependencies.store.createTenant(command.tenant)
    const outcome = await distributeWrite(dependencies, command, {
      operation: 'createEntity',
      intent,
      ...contentOf(fragment),
      whole: false,
      content: { types, scopes: scopes === NGSI_LD_NULL ? [] : scopes },
      own: async (part, sure) => {
        if (sure.carriedOut?.includes(id)) return {}
        return writeEntity(
          dependencies,
          sure,
          {
            action: 'create',
            id,
            types,
            attributes: part.attributes === 'everything' ? attributes : part.attributes,
          },
          (current, now) => create(current, narrowFragment(fragment, part), now),
        )
      },
      request: () => createRequest(fragment),
    })
    return { id, ...outcome }
  }
