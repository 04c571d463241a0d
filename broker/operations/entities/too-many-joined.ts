import { Problem } from '../../core/model/problem.ts'

/** Refuses to look at more linked entities for one request. */
export function tooManyJoined(most: number): Problem {
  return new Problem(
    'TooComplexQuery',
    `Request looks at more than ${most} linked entities: ask for fewer entities or levels`,
    { members: { limit: 'joined', maximum: most } },
  )
}
