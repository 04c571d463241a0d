import { invalidRequest } from '../../core/model/problem.ts'
import type { Micros } from '../../core/model/time.ts'
import type { EntityQuery } from '../../core/query/ast.ts'
import type { Command } from '../command.ts'
import {
  type QueriedEntities,
  type QueryEntities,
  queryEntities,
  unordered,
} from '../entities/query-entities.ts'
import type { ReadDependencies } from '../entities/read-dependencies.ts'
import { readHeldPage } from '../entities/read-held-page.ts'
import { type RetrievedEntity, type RetrieveEntity, retrieveEntity } from '../entities/retrieve-entity.ts'
import { createEntityMap, keepIds, makeEntityMap } from './create-entity-map.ts'
import { type EntityMap, filtersOf, HERE, holdersAt, holdingsOf } from './entity-map.ts'
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
 * (CIM 009 v1.9.1, 5.5.9.3). A map that is not there any more is made anew.
 */
async function queryMap(
  dependencies: ReadDependencies,
  { after, ...command }: QueryEntities,
  wanted: WantedMap,
): Promise<Queried> {
  const place = mapPlace(after)
  if (after !== undefined && !place) {
    throw invalidRequest('Parameter after leads to a page of a query without EntityMap')
  }
  const found = await findWanted(dependencies, command, { id: place?.id ?? wanted.id })
  const shared = found ? found.map.holdings !== undefined : dependencies.federation.asks(command)
  if (command.ordering && !command.local && shared) throw unordered()
  const made = found ? undefined : await createEntityMap(dependencies)({ ...command, ...wanted })
  const map = found?.map ?? made?.map
  if (!map) throw new Error('No EntityMap was made')
  const asked = { ...command, ...startOf(command, place, found) }
  const { page, missed, lost } = await (map.holdings && !command.local ? pageOfAll : pageOfOwn)(
    dependencies,
    asked,
    map,
  )
  if (found) await note(dependencies, command, found, { missed, lost })
  const next = command.ordering && page.more ? asked.offset + asked.limit : page.after
  return {
    ...page,
    warnings: [...new Set([...(made?.warnings ?? []), ...page.warnings])],
    ...(next !== undefined && { after: `${map.id}@${next}` }),
    used: usedMap(map, found),
  }
}

interface PageOfMap {
  readonly page: QueriedEntities
  /** Places of the map whose entity does not match any more. */
  readonly missed: readonly number[]
  /** Registrations whose source does not know its own map any more. */
  readonly lost: ReadonlySet<string>
}

async function pageOfAll(
  dependencies: ReadDependencies,
  command: QueryEntities,
  map: EntityMap,
): Promise<PageOfMap> {
  const { page, notes } = await readHeldPage(dependencies, command, map)
  return { page, missed: notes.missed, lost: notes.lost }
}

/** Of what others hold too only this hub's own part is looked at, which says nothing of the whole. */
async function pageOfOwn(
  dependencies: ReadDependencies,
  command: QueryEntities,
  map: EntityMap,
): Promise<PageOfMap> {
  const missed: number[] = []
  const ids = map.holdings
    ? map.ids.map((id, at) => (holdersAt(map, at).includes(HERE) ? id : null))
    : map.ids
  const candidates = { ids, miss: (at: number) => void missed.push(at) }
  const { lasting: _, ...page } = await queryEntities(dependencies)({ ...command, local: true, candidates })
  return { page, missed: map.holdings ? [] : missed, lost: new Set() }
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

/** Only who holds the entity is asked, as a map that is there has it; a new one takes down who answered. */
async function retrieveMap(
  dependencies: ReadDependencies,
  command: RetrieveEntity,
  wanted: WantedMap,
): Promise<Retrieved> {
  const found = await findWanted(dependencies, command, wanted)
  const known = found && holdersOf(found.map, command.id)
  const asked = known ? { ...command, local: command.local || known.size === 0, holders: known } : command
  const { lasting: _, holders, ...entity } = await retrieveEntity(dependencies)(asked)
  if (found) return { ...entity, used: usedMap(found.map, found) }
  const ids = [command.id]
  const held = holders && new Map([[command.id, new Set(holders)]])
  const holdings = held && holdingsOf(held, { ids, linked: {}, judged: true })
  const content = { ids, filters: '', lifetime: wanted.lifetime, ...(holdings && { holdings }) }
  const map = await keepIds(dependencies, command, content)
  return { ...entity, used: usedMap(map, undefined) }
}

/** Which registrations have an entity of a map, each with its own map; this hub's part is looked at always. */
function holdersOf(map: EntityMap, id: string): ReadonlyMap<string, string | undefined> {
  const holders = holdersAt(map, map.ids.indexOf(id)).filter((holder) => holder !== HERE)
  return new Map(holders.map((holder) => [holder, map.holdings?.linked[holder]]))
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

/**
 * Takes down what a page found out: places that do not match any more, if the map's own filters told so, and maps of
 * sources that are lost, which are then asked by ids alone. What another request changed meanwhile is found again by the
 * next one.
 */
async function note(
  dependencies: ReadDependencies,
  command: Command & { readonly query: EntityQuery },
  found: FoundMap,
  { missed, lost }: Omit<PageOfMap, 'page'>,
): Promise<void> {
  const { map } = found
  const gone = new Set(map.filters === filtersOf(command.query) ? missed : [])
  if (gone.size === 0 && lost.size === 0) return
  const ids = map.ids.map((id, at) => (gone.has(at) ? null : id))
  await changeEntityMap(dependencies, command, found, { ...map, ids, ...withoutLost(map, lost) })
}

function withoutLost({ holdings }: EntityMap, lost: ReadonlySet<string>): Pick<EntityMap, 'holdings'> {
  if (!holdings) return {}
  const linked = Object.entries(holdings.linked).filter(([registration]) => !lost.has(registration))
  return { holdings: { ...holdings, linked: Object.fromEntries(linked) } }
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
