import { partsOf } from '../geo/positions.ts'
import type { Geometry } from './ast.ts'
import { QUERY_LIMITS, tooComplex } from './limits.ts'

/** Checks that a geometry which every candidate is compared with is not too fine. @throws Problem TooComplexQuery */
export function checkPositions(geometry: Geometry, parameter: string): Geometry {
  const positions = partsOf(geometry).reduce(
    (sum, runs) => sum + runs.reduce((all, run) => all + run.length, 0),
    0,
  )
  if (positions > QUERY_LIMITS.positions) throw tooComplex(parameter, 'positions', QUERY_LIMITS)
  return geometry
}
