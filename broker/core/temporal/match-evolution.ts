import type { GeometryEngine } from '../geo/engine.ts'
import type { TemporalEntity, TimeWindow } from '../model/temporal.ts'
import type { EntityQuery } from '../query/ast.ts'
import { matchEntity } from '../query/match-entity.ts'
import { inWindow } from './in-window.ts'
import { withinScopes } from './within-scopes.ts'

/** What a temporal query is judged with. */
export interface EvolutionJudging {
  /** Absent: all of time. */
  readonly window?: TimeWindow | undefined
  readonly engine: GeometryEngine
}

/** Answers what of an evolution a query selects; undefined: nothing. */
export type EvolutionMatcher = (entity: TemporalEntity) => TemporalEntity | undefined

/**
 * Makes the judge of a temporal query, for evolutions as the caller may see them (CIM 009 v1.9.1, 5.7.4.4, S to S4): what has
 * instances within the window, some of which satisfy q and geoquery, and scopes that were valid then. An evolution that is
 * selected is told with all of its instances within the window and within the time of these scopes. Of scopes it needs those
 * from before the window too (`scopesFrom`).
 */
export function evolutionMatcher(query: EntityQuery, { window, engine }: EvolutionJudging): EvolutionMatcher {
  const { scope, ...ofInstances } = query
  return (entity) => {
    const found = inWindow(entity, window)
    if (Object.keys(found.attributes).length === 0 || !matchEntity(ofInstances, found, engine))
      return undefined
    return scope ? withinScopes(entity, found, { scope, window }) : found
  }
}

/** Answers the window in which to look for scopes that are valid somewhere in another: it has no beginning. */
export function scopesFrom({ from: _, ...window }: TimeWindow): TimeWindow {
  return window
}
