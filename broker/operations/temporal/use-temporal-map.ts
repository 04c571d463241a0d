import { invalidRequest } from '../../core/model/problem.ts'
import type { Micros } from '../../core/model/time.ts'
import { checkRoom } from '../entity-maps/check-room.ts'
import { keepIds } from '../entity-maps/create-entity-map.ts'
import { type EntityMap, filtersOf } from '../entity-maps/entity-map.ts'
import type { FoundMap } from '../entity-maps/keep-entity-map.ts'
import {
  findWanted,
  type MapPlace,
  mapPlace,
  type UsedMap,
  usedMap,
  type WantedMap,
} from '../entity-maps/use-entity-map.ts'
import {
  matchingIds,
  type QueryTemporalEvolution,
  queryTemporalEvolution,
} from './query-temporal-evolution.ts'
import type { EvolutionReading } from './read-dependencies.ts'
import { type RetrieveTemporalEvolution, retrieveTemporalEvolution } from './retrieve-temporal-evolution.ts'
import type { Evolutions } from './write-evolutions.ts'

type Mapped = Evolutions & { readonly used?: UsedMap }

/** Query Temporal Evolution of Entities, through an EntityMap where one is wanted (CIM 009 v1.9.1, 5.7.4.4). @throws Problem */
export const queryTemporalThroughMap = (dependencies: EvolutionReading) => {
  const query = queryTemporalEvolution(dependencies)
  return (command: QueryTemporalEvolution, wanted?: WantedMap): Promise<Mapped> =>
    wanted ? queryMap(dependencies, command, wanted) : query(command)
}

/** The entities of the map alone are considered, and filters are checked anew (5.5.9.3). */
async function queryMap(
  dependencies: EvolutionReading,
  { after, ...command }: QueryTemporalEvolution,
  wanted: WantedMap,
): Promise<Mapped> {
  const { query, ordering, limit } = command
  const place = mapPlace(after)
  if (after !== undefined && !place)
    throw invalidRequest('Parameter after leads to a page of a query without EntityMap')
  const found = await findWanted(dependencies, command, { id: place?.id ?? wanted.id })
  const map = found?.map ?? (await makeTemporalMap(dependencies, command, wanted.lifetime))
  const asked = query.ids && new Set(query.ids)
  const ids = map.ids.flatMap((id) => (id !== null && (!asked || asked.has(id)) ? [id] : []))
  const start = startOf(command, place, found)
  const page = await queryTemporalEvolution(dependencies)({ ...command, ...start, query: { ...query, ids } })
  const next = ordering ? (start.offset ?? command.offset) + limit : map.ids.indexOf(page.after ?? '')
  const { after: _, lasting: __, ...rest } = page // the map is another answer each time
  return { ...rest, ...(page.more && { after: `${map.id}@${next}` }), used: usedMap(map, found) }
}

/** Where a page goes on: behind an id of the map, which a new one may not have, or behind so many in another order. */
function startOf(
  { ordering }: Pick<QueryTemporalEvolution, 'ordering'>,
  place: MapPlace | undefined,
  found: FoundMap | undefined,
): { readonly after?: string; readonly offset?: number } {
  if (!place) return {}
  if (ordering) return { offset: Number(place.at) }
  const after = found?.map.ids.slice(0, Number(place.at) + 1).findLast((id) => id !== null)
  return typeof after === 'string' ? { after } : {}
}

/** Create EntityMap for Query Temporal Evolution of Entities (CIM 009 v1.9.1, 5.14.5). @throws Problem TooManyResults */
export const createTemporalEntityMap =
  (dependencies: EvolutionReading) =>
  ({
    lifetime,
    ...command
  }: Omit<QueryTemporalEvolution, 'limit' | 'offset' | 'count'> & { readonly lifetime?: Micros }) =>
    makeTemporalMap(dependencies, { ...command, limit: 0, offset: 0, count: false }, lifetime)

async function makeTemporalMap(
  dependencies: EvolutionReading,
  command: QueryTemporalEvolution,
  lifetime: Micros | undefined,
): Promise<EntityMap> {
  const ids = await matchingIds(dependencies, command, checkRoom)
  const filters = `${filtersOf(command.query)} ${JSON.stringify(command.window ?? null)}`
  return keepIds(dependencies, command, { ids, filters, lifetime })
}

/** Retrieve Temporal Evolution of an Entity, with an EntityMap where one is wanted (CIM 009 v1.9.1, 5.7.3.4). @throws Problem */
export const retrieveTemporalThroughMap = (dependencies: EvolutionReading) => {
  const retrieve = retrieveTemporalEvolution(dependencies)
  return async (command: RetrieveTemporalEvolution, wanted?: WantedMap): Promise<Mapped> => {
    const { lasting, ...evolution } = await retrieve(command)
    if (!wanted) return { ...evolution, ...(lasting && { lasting }) }
    const found = await findWanted(dependencies, command, wanted)
    const content = { ids: [command.id], filters: '', lifetime: wanted.lifetime }
    const map = found?.map ?? (await keepIds(dependencies, command, content))
    return { ...evolution, used: usedMap(map, found) }
  }
}
