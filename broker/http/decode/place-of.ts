import type { Seal } from '../../../security/seal.ts'
import { badRequestData } from '../../core/model/problem.ts'

/** Opens the place that a `next` link leads to. @throws Problem BadRequestData */
export function placeOf(sealed: string, seal: Seal, boundTo: string): string {
  const place = seal.open(sealed, boundTo)
  if (place !== undefined) return place
  throw badRequestData('Parameter after is not a place of this query: follow the next link as it was given')
}
