import type { Geometry } from '../query/ast.ts'
import { partsOf } from './positions.ts'

/** Least and most of longitude and latitude, in degrees. */
export type BoundingBox = readonly [west: number, south: number, east: number, north: number]

/** Answers the smallest box around a geometry; like its coordinates, it does not wrap at 180 degrees. */
export function boundingBox(geometry: Geometry): BoundingBox {
  let [west, south, east, north] = [180, 90, -180, -90]
  for (const part of partsOf(geometry)) {
    for (const run of part) {
      for (const [longitude, latitude] of run) {
        west = Math.min(west, longitude)
        east = Math.max(east, longitude)
        south = Math.min(south, latitude)
        north = Math.max(north, latitude)
      }
    }
  }
  return [west, south, east, north]
}

/** Tells whether two boxes have a place in common. */
export function meet(
  [west, south, east, north]: BoundingBox,
  [otherWest, otherSouth, otherEast, otherNorth]: BoundingBox,
): boolean {
  return west <= otherEast && otherWest <= east && south <= otherNorth && otherSouth <= north
}

/** Metres of one degree of latitude, where it is shortest (at the equator), less a reserve. */
const LEAST_DEGREE = 110_000
/** Degrees that rounding may cost: about a centimetre. */
const ROUNDING = 1e-7

/**
 * Answers boxes that hold everything within so many metres of a box: one, or two where it crosses 180 degrees.
 * They are a little too large, never too small, so an index may narrow a `near` with them.
 */
export function boxesWithin([west, south, east, north]: BoundingBox, metres: number): readonly BoundingBox[] {
  const up = metres / LEAST_DEGREE + ROUNDING
  const low = Math.max(-90, south - up)
  const high = Math.min(90, north + up)
  const narrowest = Math.cos((Math.max(Math.abs(low), Math.abs(high)) * Math.PI) / 180)
  const aside = narrowest < 1e-6 ? 360 : up / narrowest
  if (east - west + 2 * aside >= 360) return [[-180, low, 180, high]]
  return wrapped(west - aside, east + aside).map(([left, right]) => [left, low, right, high])
}

function wrapped(west: number, east: number): readonly (readonly [number, number])[] {
  if (west < -180) {
    return [
      [west + 360, 180],
      [-180, east],
    ]
  }
  if (east > 180) {
    return [
      [west, 180],
      [-180, east - 360],
    ]
  }
  return [[west, east]]
}
