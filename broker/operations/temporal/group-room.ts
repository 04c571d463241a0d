import { Problem } from '../../core/model/problem.ts'

/** What one request may hold and look at while it finds out who is in a group. */
export interface GroupShare {
  /** Takes a place for a value that is held until the end. @throws Problem TooComplexQuery, TooManyRequests */
  hold(): void
  /** Counts entities that were looked at. @throws Problem TooComplexQuery */
  spend(entities: number): void
  /** Gives back what was held. */
  leave(): void
}

/** Nothing is told of a group before all of it is known: so many values are held at the most, by all requests together. */
const MOST_VALUES = 2_000_000
/** So many entities one request looks at. */
const MOST_ENTITIES = 2_000_000

/** Bounds what all requests for averages of groups hold at the same time; answers what makes the share of one. */
export function groupRoom(
  mostValues: number = MOST_VALUES,
  mostEntities: number = MOST_ENTITIES,
): () => GroupShare {
  let held = 0
  return () => {
    let own = 0
    let seen = 0
    return {
      hold: () => {
        if (own === mostValues)
          throw new Problem(
            'TooComplexQuery',
            'Groups have too many values in that time: ask for a shorter one',
          )
        if (held === mostValues)
          throw new Problem('TooManyRequests', 'Hub averages for others as many values as it can hold', {
            headers: { 'Retry-After': '10' },
          })
        own++
        held++
      },
      spend: (entities) => {
        seen += entities
        if (seen > mostEntities)
          throw new Problem('TooComplexQuery', 'Groups are of too many entities: ask for fewer types')
      },
      leave: () => {
        held -= own
        own = 0
      },
    }
  }
}
