import type { Micros } from '../../core/model/time.ts'
import type { EntityQuery } from '../../core/query/ast.ts'
import type { Command } from '../command.ts'
import { findMatches } from '../entities/find-matches.ts'
import type { ReadDependencies } from '../entities/read-dependencies.ts'
import type { HeldQuery } from '../entities/walk-held.ts'
import { checkRoom } from './check-room.ts'
import { type EntityMap, expiryOf, filtersOf } from './entity-map.ts'
import { findFederatedCandidates } from './find-federated-candidates.ts'
import { addEntityMap, type EntityMapStore } from './keep-entity-map.ts'

export interface CreateEntityMap extends HeldQuery, Command {
  readonly local: boolean
  readonly lifetime?: Micros
}

/** A new map, and what is to be told of how it was made. */
export interface MadeMap {
  readonly map: EntityMap
  readonly warnings: readonly string[]
}

/**
 * Create EntityMap for Query Entities (CIM 009 v1.9.1, 5.14.4): keeps which entities match now, on what the caller sees,
 * and who holds them. @throws Problem TooManyResults
 */
export const createEntityMap =
  (dependencies: ReadDependencies) =>
  async (command: CreateEntityMap): Promise<MadeMap> => {
    command.caller.check('read', command.tenant, { resource: 'entity' })
    if (command.local || !dependencies.federation.asks(command)) {
      return { map: await makeEntityMap(dependencies, command, command), warnings: [] }
    }
    const { ids, holdings, warnings } = await findFederatedCandidates(dependencies, command)
    const { query, lifetime } = command
    const map = await keepIds(dependencies, command, { ids, holdings, filters: filtersOf(query), lifetime })
    return { map, warnings }
  }

const PAGE = 1000

/** Keeps a new map of what matches here. @throws Problem TooManyResults, TooComplexQuery */
export async function makeEntityMap(
  dependencies: ReadDependencies,
  command: Command,
  { query, lifetime }: { readonly query: EntityQuery; readonly lifetime?: Micros | undefined },
): Promise<EntityMap> {
  const { caller, tenant } = command
  caller.check('read', tenant, { resource: 'entity' })
  const ids: string[] = []
  const walk = { tenant, query, limit: PAGE, offset: 0 }
  for await (const { row } of findMatches(dependencies, walk, caller.view(tenant))) {
    ids.push(row.id)
    checkRoom(ids)
  }
  return keepIds(dependencies, command, { ids, filters: filtersOf(query), lifetime })
}

/** Keeps a new map of these entities. */
export function keepIds(
  dependencies: EntityMapStore,
  command: Command,
  { lifetime, ...content }: Omit<EntityMap, 'id' | 'expiresAt'> & { readonly lifetime?: Micros | undefined },
): Promise<EntityMap> {
  return addEntityMap(dependencies, command, {
    ...content,
    expiresAt: expiryOf(lifetime, dependencies.clock()),
  })
}
