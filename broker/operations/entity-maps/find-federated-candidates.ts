import { atTime } from '../../core/merge/at-time.ts'
import { compareText } from '../../core/query/compare-text.ts'
import { see } from '../../core/view/see.ts'
import type { FederatedCandidates } from '../../federation/maps/find-candidates.ts'
import { parseEntity } from '../../store/port/change.ts'
import { COUNT_PAGE, findMatches } from '../entities/find-matches.ts'
import { isPushable } from '../entities/query-entities.ts'
import type { ReadDependencies } from '../entities/read-dependencies.ts'
import { type HeldQuery, newNotes, walkHeld } from '../entities/walk-held.ts'
import { checkRoom, MOST_CANDIDATES } from './check-room.ts'
import { HERE, type Holdings, holdingsOf } from './entity-map.ts'

/** Candidates of a query over several hubs, and who holds them. */
export interface Candidates {
  readonly ids: readonly string[]
  readonly holdings: Holdings
  readonly warnings: readonly string[]
}

/**
 * Finds which entities are candidates of a query, here and at the sources (CIM 009 v1.9.1, 5.14.4). What sources tell of
 * is taken as it is only for who sees everything: for others each candidate is judged first, on what comes together of
 * it, since a map must not name an entity that its owner may not know of. @throws Problem TooManyResults
 */
export async function findFederatedCandidates(
  dependencies: ReadDependencies,
  command: HeldQuery,
): Promise<Candidates> {
  const { caller, tenant, table, via, headers, query, parameters, splitEntities } = command
  const view = caller.view(tenant)
  const asked = { tenant, caller, table, via, query, parameters, ...(headers && { headers }) }
  const elsewhere = await dependencies.federation.candidates({
    ...asked,
    ...(splitEntities !== undefined && { splitEntities }),
    limit: MOST_CANDIDATES + 1,
    pushable: isPushable(query, view),
  })
  const held = await withOwn(dependencies, command, elsewhere)
  const ids = [...held.keys()].sort(compareText)
  const linked = Object.fromEntries(elsewhere.linked)
  const all = {
    ids,
    holdings: holdingsOf(held, { ids, linked, judged: elsewhere.filtered }),
    warnings: elsewhere.warnings,
  }
  return view.unrestricted ? all : judgeAll(dependencies, command, all)
}

/** Adds this hub to the holders of what it has, of its own matches and of what others told of. */
async function withOwn(
  dependencies: ReadDependencies,
  { caller, tenant, query }: HeldQuery,
  { held: elsewhere }: FederatedCandidates,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const { store, clock } = dependencies
  const view = caller.view(tenant)
  const held = new Map([...elsewhere].map(([id, holders]) => [id, new Set(holders)]))
  checkRoom({ length: held.size })
  const walk = { tenant, query, limit: COUNT_PAGE, offset: 0 }
  for await (const { row } of findMatches(dependencies, walk, view)) add(row.id)
  const others = [...elsewhere.keys()].filter((id) => !held.get(id)?.has(HERE))
  for (let at = 0; at < others.length; at += COUNT_PAGE) {
    for (const { id, text } of await store.readMany(tenant, others.slice(at, at + COUNT_PAGE))) {
      const alive = atTime(parseEntity(text), clock())
      if (alive && see(alive, view)) add(id)
    }
  }
  return held

  function add(id: string): void {
    held.set(id, (held.get(id) ?? new Set<string>()).add(HERE))
    checkRoom({ length: held.size })
  }
}

async function judgeAll(
  dependencies: ReadDependencies,
  command: HeldQuery,
  { ids, holdings, warnings }: Candidates,
): Promise<Candidates> {
  const view = command.caller.view(command.tenant)
  const notes = newNotes()
  const walk = { view, from: 0, together: COUNT_PAGE, notes }
  const places: number[] = []
  for await (const { place } of walkHeld(dependencies, command, { ids, holdings }, walk)) places.push(place)
  return {
    ids: places.flatMap((place) => ids[place] ?? []),
    holdings: {
      ...holdings,
      held: places.flatMap((place) => holdings.held[place] ?? []),
      judged: true,
    },
    warnings: [...new Set([...warnings, ...notes.warnings])],
  }
}
