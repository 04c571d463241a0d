import { atTime } from '../../core/merge/at-time.ts'
import type { Entity } from '../../core/model/entity.ts'
import { matchEntity } from '../../core/query/match-entity.ts'
import { see } from '../../core/view/see.ts'
import type { View } from '../../core/view/view.ts'
import { type Copy, combineCopies, copiesOf } from '../../federation/combine/combine-copies.ts'
import type { HeldCopies } from '../../federation/maps/held-copies.ts'
import { parseEntity } from '../../store/port/change.ts'
import { type EntityMap, HERE, holdersAt } from '../entity-maps/entity-map.ts'
import { idFilter } from './find-matches.ts'
import { lookBehind } from './merge-copies.ts'
import type { QueryEntities } from './query-entities.ts'
import type { ReadDependencies } from './read-dependencies.ts'

/** Who asks for what, of the candidates of a map. */
export type HeldQuery = Pick<
  QueryEntities,
  'caller' | 'tenant' | 'query' | 'parameters' | 'table' | 'via' | 'headers' | 'splitEntities'
>

/** A candidate that matches, put together from all that hold it, as the caller sees it. */
export interface HeldMatch {
  readonly place: number
  readonly entity: Entity
  readonly copies: readonly Copy[]
}

/** What was met on the way. */
export interface HeldNotes {
  readonly warnings: Set<string>
  /** Places whose entity does not match, or is not there, as all told that hold it. */
  readonly missed: number[]
  /** Registrations whose source does not know its EntityMap any more. */
  readonly lost: Set<string>
}

/** Makes notes of a walk that has not begun. */
export function newNotes(): HeldNotes {
  return { warnings: new Set(), missed: [], lost: new Set() }
}

/** So many candidates at most are asked for together. */
const MOST = 200
const LEAST = 20

/**
 * Walks the candidates of a map from a place on, in bounded portions: each source is asked by ids for those that it has
 * (CIM 009 v1.9.1, 5.5.9.3, 5.5.14), and filters are judged on what comes together.
 */
export async function* walkHeld(
  dependencies: ReadDependencies,
  query: HeldQuery,
  map: Pick<EntityMap, 'ids' | 'holdings'>,
  walk: { readonly view: View; readonly from: number; readonly together: number; readonly notes: HeldNotes },
): AsyncGenerator<HeldMatch> {
  const { ids } = map
  const wanted = idFilter(query.query)
  const size = Math.min(Math.max(walk.together, LEAST), MOST)
  for (let place = walk.from; place < ids.length; ) {
    const portion = new Map<string, number>()
    for (; place < ids.length && portion.size < size; place++) {
      const id = ids[place]
      if (typeof id === 'string' && wanted(id)) portion.set(id, place)
    }
    if (portion.size > 0) yield* judge(dependencies, query, { map, portion, ...walk })
  }
}

interface Portion {
  readonly map: Pick<EntityMap, 'ids' | 'holdings'>
  readonly portion: ReadonlyMap<string, number>
  readonly view: View
  readonly notes: HeldNotes
}

async function* judge(
  dependencies: ReadDependencies,
  command: HeldQuery,
  { map, portion, view, notes }: Portion,
): AsyncGenerator<HeldMatch> {
  const [remote, own] = await Promise.all([
    askHolders(dependencies, command, map, portion),
    readOwn(dependencies, command, [...portion.keys()]),
  ])
  for (const text of remote.warnings) notes.warnings.add(text)
  for (const registration of remote.lost) notes.lost.add(registration)
  const copies = new Map<string, Copy[]>()
  for (const copy of remote.copies) copies.set(copy.entity.id, [...(copies.get(copy.entity.id) ?? []), copy])
  const seen = new Map<string, Omit<HeldMatch, 'place'>>()
  for (const id of portion.keys()) {
    const all = copiesOf(own.get(id), {
      copies: copies.get(id) ?? [],
      ...(remote.own && { own: remote.own }),
    })
    const entity = all.length === 0 ? undefined : see(combineCopies(all), view)
    if (entity) seen.set(id, { entity, copies: all })
  }
  const entities = [...seen.values()].map(({ entity }) => entity)
  const linked = await lookBehind(dependencies, command, view, entities)
  for (const [id, place] of portion) {
    const found = seen.get(id)
    if (found && matchEntity(command.query, found.entity, dependencies.engine, linked))
      yield { place, ...found }
    else if (!holdersAt(map, place).some((holder) => remote.silent.has(holder))) notes.missed.push(place)
  }
}

function askHolders(
  { federation }: ReadDependencies,
  command: HeldQuery,
  map: Portion['map'],
  portion: Portion['portion'],
): Promise<HeldCopies> {
  const held = new Map<string, string[]>()
  for (const [id, place] of portion) {
    for (const holder of holdersAt(map, place)) {
      if (holder !== HERE) held.set(holder, [...(held.get(holder) ?? []), id])
    }
  }
  const { tenant, caller, table, via, headers, query, parameters } = command
  const asked = { tenant, caller, table, via, query, parameters, ...(headers && { headers }) }
  return federation.held({ ...asked, held, linked: map.holdings?.linked ?? {} })
}

async function readOwn(
  { store, clock }: ReadDependencies,
  { tenant }: HeldQuery,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Entity>> {
  const now = clock()
  const stored = await store.readMany(tenant, ids)
  const alive = stored.flatMap(({ text }) => atTime(parseEntity(text), now) ?? [])
  return new Map(alive.map((entity) => [entity.id, entity]))
}
