import { warning } from '../../federation/forward/warning.ts'
import { type EntityMap, filtersOf } from '../entity-maps/entity-map.ts'
import { idFilter } from './find-matches.ts'
import { joinEntities } from './join-entities.ts'
import { linkedElsewhere } from './linked-elsewhere.ts'
import { noteProvenance } from './note-provenance.ts'
import { pageBudget } from './page-budget.ts'
import type { QueriedEntities, QueryEntities } from './query-entities.ts'
import type { ReadDependencies } from './read-dependencies.ts'
import { allWarnings, renderVisible, type Shown, styleOf, textsOf } from './render-entity.ts'
import { type HeldNotes, newNotes, walkHeld } from './walk-held.ts'

/** A page, and what is to be noted in its map. */
export interface HeldPage {
  readonly page: QueriedEntities
  readonly notes: HeldNotes
}

/**
 * Reads a page of a map whose candidates other hubs hold too: it costs what is on it, wherever it is. A request with
 * other filters than the map's own is judged from the beginning, so that its offset is one among its own matches.
 */
export async function readHeldPage(
  dependencies: ReadDependencies,
  command: QueryEntities,
  map: EntityMap,
): Promise<HeldPage> {
  const { caller, tenant, table, options, features, join, limit, count } = command
  caller.check('read', tenant, { resource: 'entity' })
  const view = caller.view(tenant)
  const style = styleOf({ tenant, view, table, options, features, ...(join && { linking: true }) })
  const notes = newNotes()
  const weigh = pageBudget(dependencies.maxPageBytes)
  const { begin, skip, countsAll } = startOf(command, map)
  const shown: Shown[] = []
  let total = 0
  let matched = 0
  let after: number | undefined
  for await (const { place, entity, copies } of walkHeld(dependencies, command, map, {
    view,
    from: countsAll ? 0 : begin,
    together: limit + 1,
    notes,
  })) {
    total++
    if (place >= begin) matched++
    if (matched > skip && matched <= skip + limit && place >= begin) {
      const rendering = renderVisible(entity, style)
      weigh(rendering)
      shown.push({ id: entity.id, ...rendering })
      noteProvenance(dependencies, command, { seen: entity, copies, style })
      after = place
    }
    if (matched > skip + limit && !countsAll) break
  }
  const more = matched > skip + limit
  const texts = join
    ? await joinEntities(dependencies, shown, { join, style, ...linkedElsewhere(dependencies, command) })
    : textsOf(shown)
  const told = [...notes.warnings, ...(count && !countsAll ? unjudged(dependencies, command, map) : [])]
  const page = {
    ...texts,
    more,
    ...(more && after !== undefined && { after: String(after) }),
    ...(count && { count: countsAll ? total : candidates(command, map, notes) }),
    warnings: allWarnings(told, texts),
  }
  return { page, notes }
}

/** Where a page starts: so many candidates of the map on, which all matched so far, or so many matches. */
function startOf(
  { query, offset, count, after }: QueryEntities,
  map: EntityMap,
): { readonly begin: number; readonly skip: number; readonly countsAll: boolean } {
  const same = map.filters === filtersOf(query)
  const begin = after === undefined ? 0 : Number(after) + 1
  if (!same) return { begin, skip: offset, countsAll: count }
  return { begin: begin + skipped(map, query, { begin, offset }), skip: 0, countsAll: false }
}

/** So many places hold the candidates that come before a page. */
function skipped(
  { ids }: EntityMap,
  query: QueryEntities['query'],
  { begin, offset }: { readonly begin: number; readonly offset: number },
): number {
  const wanted = idFilter(query)
  let left = offset
  let place = begin
  for (; place < ids.length && left > 0; place++) {
    const id = ids[place]
    if (typeof id === 'string' && wanted(id)) left--
  }
  return place - begin
}

function candidates({ query }: QueryEntities, { ids }: EntityMap, { missed }: HeldNotes): number {
  const wanted = idFilter(query)
  return ids.filter((id) => id !== null && wanted(id)).length - missed.length
}

function unjudged(
  { federation }: ReadDependencies,
  { tenant }: QueryEntities,
  { holdings }: EntityMap,
): readonly string[] {
  if (holdings?.judged) return []
  const text = 'The count is of the candidates of the EntityMap, not all of which were judged yet'
  return [warning(199, federation.alias(tenant), text)]
}
