import { Problem } from '../../core/model/problem.ts'
import type { Command } from '../command.ts'
import type { EntityMap } from './entity-map.ts'
import { type EntityMapStore, findEntityMap } from './keep-entity-map.ts'

/** Names one EntityMap of the caller. */
export interface OfEntityMap extends Command {
  readonly id: string
}

/** Retrieve EntityMap (CIM 009 v1.9.1, 5.14.1). @throws Problem ResourceNotFound */
export const retrieveEntityMap =
  (dependencies: EntityMapStore) =>
  async (command: OfEntityMap): Promise<EntityMap> => {
    command.caller.check('read', command.tenant, { resource: 'entity' })
    const found = await findEntityMap(dependencies, command, command.id)
    if (!found) throw noEntityMap(command.id)
    return found.map
  }

/** Answers the problem of an EntityMap that is not there. */
export function noEntityMap(id: string): Problem {
  return new Problem('ResourceNotFound', `EntityMap ${id} does not exist`)
}
