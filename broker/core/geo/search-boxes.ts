import type { GeoQuery } from '../query/ast.ts'
import { type BoundingBox, boundingBox, boxesWithin } from './bounding-box.ts'

/** Answers boxes of which every geometry that a geoquery selects meets one; undefined: it may lie anywhere. */
export function searchBoxes({
  relation,
  geometry,
  maxDistance,
}: GeoQuery): readonly BoundingBox[] | undefined {
  if (relation === 'disjoint') return undefined
  if (relation !== 'near') return [boundingBox(geometry)]
  return maxDistance === undefined ? undefined : boxesWithin(boundingBox(geometry), maxDistance)
}
