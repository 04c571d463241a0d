import { Problem } from '../../core/model/problem.ts'

/** A map holds so many candidates. */
export const MOST_CANDIDATES = 10_000

/** Bounds what a map holds. @throws Problem TooManyResults as soon as it is too much */
export function checkRoom({ length }: { readonly length: number }): void {
  if (length <= MOST_CANDIDATES) return
  throw new Problem(
    'TooManyResults',
    `Query matches more than the ${MOST_CANDIDATES} entities that an EntityMap holds`,
    { members: { limit: 'entityMap', maximum: MOST_CANDIDATES } },
  )
}
