import { Problem } from '../../core/model/problem.ts'
import type { Micros } from '../../core/model/time.ts'
import { type EntityMap, expiryOf } from './entity-map.ts'
import { changeEntityMap, type EntityMapStore, findEntityMap } from './keep-entity-map.ts'
import { noEntityMap, type OfEntityMap } from './retrieve-entity-map.ts'

export interface UpdateEntityMap extends OfEntityMap {
  /** All that a client may change (CIM 009 v1.9.1, 5.5.14). */
  readonly expiresAt?: Micros
}

const ATTEMPTS = 20

/** Update EntityMap (CIM 009 v1.9.1, 5.14.2): its expiry, within what this hub allows. @throws Problem ResourceNotFound */
export const updateEntityMap =
  (dependencies: EntityMapStore) =>
  async ({ expiresAt, ...command }: UpdateEntityMap): Promise<void> => {
    await change(dependencies, command, (map) => {
      if (expiresAt === undefined) return map
      const now = dependencies.clock()
      return { ...map, expiresAt: expiryOf(expiresAt - now, now) }
    })
  }

/** Delete EntityMap (CIM 009 v1.9.1, 5.14.3). @throws Problem ResourceNotFound */
export const deleteEntityMap =
  (dependencies: EntityMapStore) =>
  async (command: OfEntityMap): Promise<void> => {
    await change(dependencies, command, () => undefined)
  }

async function change(
  dependencies: EntityMapStore,
  command: OfEntityMap,
  decide: (map: EntityMap) => EntityMap | undefined,
): Promise<void> {
  command.caller.check('read', command.tenant, { resource: 'entity' })
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const found = await findEntityMap(dependencies, command, command.id)
    if (!found) throw noEntityMap(command.id)
    if (await changeEntityMap(dependencies, command, found, decide(found.map))) return
  }
  throw new Problem('Conflict', `EntityMap ${command.id} is being changed by too many requests at once`)
}
