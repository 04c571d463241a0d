import { Problem } from '../model/problem.ts'

/** How large a query text may be before it is refused. */
export interface QueryLimits {
  /** Characters of the whole text. */
  readonly length: number
  /** Groups inside groups, linked entities inside linked entities, names in one path. */
  readonly depth: number
  /** Terms of the whole query. */
  readonly terms: number
  /** Values of one list. */
  readonly listItems: number
  /** Entity ids of one list. */
  readonly ids: number
  /** Selectors of a query in a body. */
  readonly selectors: number
  /** Positions of a geometry that candidates are compared with. */
  readonly positions: number
}

/** The limits of a query text when none are given. */
export const QUERY_LIMITS: QueryLimits = Object.freeze({
  length: 8192,
  depth: 32,
  terms: 128,
  listItems: 256,
  ids: 1000,
  selectors: 100,
  positions: 5000,
})

const UNITS: Readonly<Record<keyof QueryLimits, string>> = {
  length: 'characters',
  depth: 'levels',
  terms: 'terms',
  listItems: 'items in a list',
  ids: 'ids',
  selectors: 'selectors',
  positions: 'positions',
}

/** Refuses a text that goes beyond one of its limits. @throws Problem TooComplexQuery */
export function tooComplex(subject: string, limit: keyof QueryLimits, limits: QueryLimits): Problem {
  const most = limits[limit]
  return new Problem('TooComplexQuery', `Parameter ${subject} has more than ${most} ${UNITS[limit]}`, {
    members: { limit, maximum: most },
  })
}
