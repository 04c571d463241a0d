import { invalidRequest } from '../../core/model/problem.ts'
import type { Micros } from '../../core/model/time.ts'
import type { EntityQuery } from '../../core/query/ast.ts'
import type { Command } from '../command.ts'
import { type QueriedEntities, type QueryEntities, queryEntities } from '../entities/query-entities.ts'
import type { ReadDependencies } from '../entities/read-dependencies.ts'
import { type RetrievedEntity, type RetrieveEntity, retrieveEntity } from '../entities/retrieve-entity.ts'
import { keepIds, makeEntityMap } from './create-entity-map.ts'
import { type EntityMap, filtersOf } from './entity-map.ts'
import { changeEntityMap, type EntityMapStore, type FoundMap, findEntityMap } from './keep-entity-map.ts'

/** What a request says of an EntityMap: which one to use, or that one is wanted. */
export interface WantedMap {
  readonly id?: string
  readonly lifetime?: Micros
}

/** Which EntityMap an operation used, and whether it had to be made. */
export interface UsedMap {
  readonly id: string
  readonly created: boolean
}

type Queried = QueriedEntities & { readonly used?: UsedMap }
type Retrieved = RetrievedEntity & { readonly used?: UsedMap }

/** Query Entities, through an EntityMap where one is wanted (CIM 009 v1.9.1, 5.7.2.4). @throws Problem */
export const queryThroughMap = (dependencies: ReadDependencies) => {
  const query = queryEntities(dependencies)
  return (command: QueryEntities, wanted?: WantedMap): Promise<Queried> =>
    wanted ? queryMap(dependencies, command, wanted) : query(command)
}

/**
 * The entities of the map alone are considered, filters are checked anew, and what does not match any more is removed
 * (CIM 009 v1.9.1, 5.5.9.3). A map that is not there any more is made anew. None is made where other hubs would be
 * asked: then none is told of, as 5.5.14 has it.
 */
async function queryMap(
  dependencies: ReadDependencies,
  { after, ...command }: QueryEntities,
  wanted: WantedMap,
): Promise<Queried> {
  const query = queryEntities(dependencies)
  const place = mapPlace(after)
  const found = await findWanted(dependencies, command, { id: place?.id ?? wanted.id })
  if (!found && !command.local && dependencies.federation.asks(command)) return query(command)
  if (after !== undefined && !place) {
    throw invalidRequest('Parameter after leads to a page of a query without EntityMap')
  }
  const map = found?.map ?? (await makeEntityMap(dependencies, command, { ...wanted, query: command.query }))
  const missed: number[] = []
  const candidates = { ids: map.ids, miss: (at: number) => void missed.push(at) }
  const asked = { ...command, ...startOf(command, place, found), local: true }
  const { lasting: _, ...page } = await query({ ...asked, candidates })
  if (found?.map.filters === filtersOf(command.query)) await remove(dependencies, command, found, missed)
  const next = command.ordering && page.more ? asked.offset + asked.limit : page.after
  return {
    ...page,
    ...(next !== undefined && { after: `${map.id}@${next}` }),
    used: usedMap(map, found),
  }
}

/** Where a page goes on: at a place of the map, which a new one does not have, or behind so many in another order. */
function startOf(
  { ordering }: Pick<QueryEntities, 'ordering'>,
  place: MapPlace | undefined,
  found: FoundMap | undefined,
): { readonly after?: string; readonly offset?: number } {
  if (!place) return {}
  if (ordering) return { offset: Number(place.at) }
  return found ? { after: place.at } : {}
}

/** Retrieve Entity, with an EntityMap where one is wanted (CIM 009 v1.9.1, 5.7.1.4). @throws Problem */
export const retrieveThroughMap = (dependencies: ReadDependencies) => {
  const retrieve = retrieveEntity(dependencies)
  return (command: RetrieveEntity, wanted?: WantedMap): Promise<Retrieved> =>
    wanted ? retrieveMap(dependencies, command, wanted) : retrieve(command)
}

/** A map that is there knows of this hub only, so no other is asked. */
async function retrieveMap(
  dependencies: ReadDependencies,
  command: RetrieveEntity,
  wanted: WantedMap,
): Promise<Retrieved> {
  const found = await findWanted(dependencies, command, wanted)
  const local = command.local || found !== undefined
  const { lasting: _, ...entity } = await retrieveEntity(dependencies)({ ...command, local })
  if (entity.shared) return entity
  const content = { ids: [command.id], filters: '', lifetime: wanted.lifetime }
  const map = found?.map ?? (await keepIds(dependencies, command, content))
  return { ...entity, used: usedMap(map, found) }
}

/** Narrows a query to the entities of a map, for a purge through it (CIM 009 v1.9.1, 6.4.3.3). @throws Problem */
export const narrowToMap =
  (dependencies: ReadDependencies) =>
  async (
    command: Command & { readonly query: EntityQuery },
    wanted: WantedMap,
  ): Promise<{ readonly query: EntityQuery; readonly used: UsedMap }> => {
    const { query } = command
    const found = await findWanted(dependencies, command, wanted)
    const map = found?.map ?? (await makeEntityMap(dependencies, command, { ...wanted, query }))
    const asked = query.ids && new Set(query.ids)
    const ids = map.ids.flatMap((id) => (id !== null && (!asked || asked.has(id)) ? [id] : []))
    return { query: { ...query, ids }, used: usedMap(map, found) }
  }

/** Finds the map that is asked for; undefined: it is not there, or none is asked for. */
export async function findWanted(
  dependencies: EntityMapStore,
  command: Command,
  { id }: { readonly id?: string | undefined },
): Promise<FoundMap | undefined> {
  return id === undefined ? undefined : findEntityMap(dependencies, command, id)
}

/** Tells which map was used, and whether it had to be made. */
export function usedMap({ id }: EntityMap, found: FoundMap | undefined): UsedMap {
  return { id, created: found === undefined }
}

/** What another request changed meanwhile is found again by the next one. */
async function remove(
  dependencies: ReadDependencies,
  command: Command,
  found: FoundMap,
  places: readonly number[],
): Promise<void> {
  if (places.length === 0) return
  const gone = new Set(places)
  const ids = found.map.ids.map((id, at) => (gone.has(at) ? null : id))
  await changeEntityMap(dependencies, command, found, { ...found.map, ids })
}

const PLACE = /^(urn:ngsi-ld:EntityMap:[0-9a-f]+)@(\d+)$/

/** Tells whether a place in a `next` link is one in an EntityMap. */
export function isMapPlace(after: string): boolean {
  return PLACE.test(after)
}

/** A place in a map. */
export interface MapPlace {
  readonly id: string
  readonly at: string
}

/** Reads the place in a map that a `next` link leads to. */
export function mapPlace(after: string | undefined): MapPlace | undefined {
  const [, id, at] = PLACE.exec(after ?? '') ?? []
  return id !== undefined && at !== undefined ? { id, at } : undefined
}
