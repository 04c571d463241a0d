import { invalidRequest } from '../../core/model/problem.ts'
import type { Micros } from '../../core/model/time.ts'
import type { Command } from '../command.ts'
import { checkRoom } from '../entity-maps/check-room.ts'
import { keepIds, type MadeMap } from '../entity-maps/create-entity-map.ts'
import {
  type EntityMap,
  filtersOf,
  HERE,
  type Holdings,
  holdersAt,
  holdingsOf,
} from '../entity-maps/entity-map.ts'
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
import type { SharedHistory } from './read-over-sources.ts'
import { type RetrieveTemporalEvolution, retrieveTemporalEvolution } from './retrieve-temporal-evolution.ts'
import { admitsEvolution } from './see-evolution.ts'
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
  const place = mapPlace(after)
  if (after !== undefined && !place)
    throw invalidRequest('Parameter after leads to a page of a query without EntityMap')
  const found = await findWanted(dependencies, command, { id: place?.id ?? wanted.id })
  const made = found ? undefined : await makeTemporalMap(dependencies, command, wanted.lifetime)
  const map = found?.map ?? made?.map
  if (!map) throw new Error('No EntityMap was made')
  const read = map.holdings && command.elsewhere && !command.ordering ? pageOfAll : pageOfOwn
  const page = await read(dependencies, { ...command, ...startOf(command, place, found) }, map)
  const { next, after: _, lasting: __, ...rest } = page // the map is another answer each time
  return {
    ...rest,
    warnings: [...new Set([...(made?.warnings ?? []), ...(page.warnings ?? [])])],
    ...(page.more && { after: `${map.id}@${next}` }),
    used: usedMap(map, found),
  }
}

/** A page of a map, and the place in it where the next one begins. */
type PageOfMap = Evolutions & { readonly next: number }

async function pageOfOwn(
  dependencies: EvolutionReading,
  { elsewhere, ...command }: QueryTemporalEvolution,
  map: EntityMap,
): Promise<PageOfMap> {
  const { query, ordering, offset, limit } = command
  const ids = wantedOf(map, query)
  const asked = map.holdings && elsewhere ? { ...command, elsewhere } : command
  const page = await queryTemporalEvolution(dependencies)({ ...asked, query: { ...query, ids } })
  return { ...page, next: ordering ? offset + limit : map.ids.indexOf(page.after ?? '') }
}

const GROWTH = 4

/**
 * Reads a page of evolutions that other hubs have a part in: those are asked for what follows in the map and they have, for
 * more of it where not all of that matches any more.
 */
async function pageOfAll(
  dependencies: EvolutionReading,
  { after, offset, count, elsewhere, ...command }: QueryTemporalEvolution,
  map: EntityMap,
): Promise<PageOfMap> {
  const { query, limit } = command
  const all = wantedOf(map, query)
  const begin = after === undefined ? 0 : all.indexOf(after) + 1
  const following = all.slice(begin + offset)
  for (let size = limit + 1; ; size *= GROWTH) {
    const ids = following.slice(0, size)
    const asked = elsewhere && { elsewhere: { ...elsewhere, held: heldOf(map, ids) } }
    const portion = { ...command, ...asked, offset: 0, count: false, query: { ...query, ids } }
    const page = await queryTemporalEvolution(dependencies)(portion)
    if (!page.more && ids.length < following.length) continue
    return { ...page, ...(count && { count: all.length }), next: map.ids.indexOf(page.after ?? '') }
  }
}

function wantedOf({ ids }: EntityMap, query: QueryTemporalEvolution['query']): readonly string[] {
  const asked = query.ids && new Set(query.ids)
  return ids.flatMap((id) => (id !== null && (!asked || asked.has(id)) ? [id] : []))
}

function heldOf(map: EntityMap, ids: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const held = new Map<string, string[]>()
  for (const id of ids) {
    for (const holder of holdersAt(map, map.ids.indexOf(id)))
      held.set(holder, [...(held.get(holder) ?? []), id])
  }
  return held
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
): Promise<MadeMap> {
  const { ids, alone, told, warnings } = await matchingIds(dependencies, command, checkRoom)
  const filters = `${filtersOf(command.query)} ${JSON.stringify(command.window ?? null)}`
  const holdings = alone ? undefined : await holdingsFor(dependencies, command, { ids, told })
  const content = { ids, filters, lifetime, ...(holdings && { holdings }) }
  return { map: await keepIds(dependencies, command, content), warnings }
}

/** This hub is among the holders where the caller sees that it has a history. */
async function holdingsFor(
  { store }: EvolutionReading,
  { caller, tenant }: Command,
  { ids, told }: Pick<SharedHistory, 'told'> & { readonly ids: readonly string[] },
): Promise<Holdings> {
  const view = caller.view(tenant)
  const held = new Map(ids.map((id) => [id, new Set(told.get(id))]))
  for (let at = 0; at < ids.length; at += TOGETHER) {
    const some = ids.slice(at, at + TOGETHER)
    const heads = await store.evolutions(tenant, { ids: some, limit: some.length })
    for (const head of heads) if (admitsEvolution(head, view)) held.get(head.id)?.add(HERE)
  }
  return holdingsOf(held, { ids, linked: {}, judged: true })
}

const TOGETHER = 500

/** Retrieve Temporal Evolution of an Entity, with an EntityMap where one is wanted (CIM 009 v1.9.1, 5.7.3.4). @throws Problem */
export const retrieveTemporalThroughMap = (dependencies: EvolutionReading) => {
  const retrieve = retrieveTemporalEvolution(dependencies)
  return async (command: RetrieveTemporalEvolution, wanted?: WantedMap): Promise<Mapped> => {
    const { lasting, ...evolution } = await retrieve(command)
    if (!wanted) return { ...evolution, ...(lasting && { lasting }) }
    const found = await findWanted(dependencies, command, wanted)
    const { told = [] } = evolution
    const held = { ids: [command.id], told: new Map([[command.id, new Set(told)]]) }
    const holdings = told.length > 0 && (await holdingsFor(dependencies, command, held))
    const content = {
      ids: [command.id],
      filters: '',
      lifetime: wanted.lifetime,
      ...(holdings && { holdings }),
    }
    const map = found?.map ?? (await keepIds(dependencies, command, content))
    return { ...evolution, used: usedMap(map, found) }
  }
}
