import { Problem } from '../../core/model/problem.ts'
import type { Micros } from '../../core/model/time.ts'
import type { EntityQuery } from '../../core/query/ast.ts'
import { warning } from '../../federation/forward/warning.ts'
import type { Command } from '../command.ts'
import { findMatches } from '../entities/find-matches.ts'
import type { QueryEntities } from '../entities/query-entities.ts'
import type { ReadDependencies } from '../entities/read-dependencies.ts'
import { type EntityMap, expiryOf, filtersOf } from './entity-map.ts'
import { addEntityMap, type EntityMapStore } from './keep-entity-map.ts'

export interface CreateEntityMap
  extends Pick<QueryEntities, 'parameters' | 'table' | 'local' | 'via'>,
    Command {
  readonly query: EntityQuery
  readonly lifetime?: Micros
}

/**
 * Create EntityMap for Query Entities (CIM 009 v1.9.1, 5.14.4): keeps which of this hub's entities match now, on what the
 * caller sees. @throws Problem TooManyResults
 */
export const createEntityMap =
  (dependencies: ReadDependencies) =>
  async (
    command: CreateEntityMap,
  ): Promise<{ readonly map: EntityMap; readonly warnings: readonly string[] }> => {
    const { federation } = dependencies
    const map = await makeEntityMap(dependencies, command, command)
    const elsewhere = !command.local && federation.asks(command)
    const text = 'The EntityMap holds entities of this hub only, other sources may have more'
    return { map, warnings: elsewhere ? [warning(199, federation.alias(command.tenant), text)] : [] }
  }

const PAGE = 1000

/** Keeps a new map of what matches. @throws Problem TooManyResults, TooComplexQuery */
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

const MOST = 10_000

/** Bounds what a map holds. @throws Problem TooManyResults as soon as it is too much */
export function checkRoom({ length }: readonly string[]): void {
  if (length <= MOST) return
  throw new Problem(
    'TooManyResults',
    `Query matches more than the ${MOST} entities that an EntityMap holds`,
    {
      members: { limit: 'entityMap', maximum: MOST },
    },
  )
}

/** Keeps a new map of these entities. */
export function keepIds(
  dependencies: EntityMapStore,
  command: Command,
  { ids, filters, lifetime }: Pick<EntityMap, 'ids' | 'filters'> & { readonly lifetime: Micros | undefined },
): Promise<EntityMap> {
  return addEntityMap(dependencies, command, {
    ids,
    filters,
    expiresAt: expiryOf(lifetime, dependencies.clock()),
  })
}
