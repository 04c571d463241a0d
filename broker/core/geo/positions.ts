import type { JsonValue } from '../model/json.ts'
import type { Geometry } from '../query/ast.ts'

/** A place: longitude, then latitude, in degrees. */
export type Position = readonly [longitude: number, latitude: number]

/** Parts of a geometry, each of rings or lines of positions: one shape for all types. Altitudes are left out. */
export type Parts = readonly (readonly (readonly Position[])[])[]

type Nested = readonly JsonValue[]

/** Lays a checked geometry out as parts: polygons of rings, lines of one run, points of one position. */
export function partsOf(geometry: Geometry): Parts {
  const coordinates = geometry.coordinates as Nested // a Geometry is only made by parseGeometry
  switch (geometry.type) {
    case 'Point':
      return [[[position(coordinates)]]]
    case 'MultiPoint':
      return lists(coordinates).map((point) => [[position(point)]])
    case 'LineString':
      return [[run(coordinates)]]
    case 'MultiLineString':
      return lists(coordinates).map((line) => [run(line)])
    case 'Polygon':
      return [lists(coordinates).map(run)]
    case 'MultiPolygon':
      return lists(coordinates).map((polygon) => lists(polygon).map(run))
  }
}

function lists(coordinates: Nested): readonly Nested[] {
  return coordinates as readonly Nested[] // checked by parseGeometry
}

function run(coordinates: Nested): readonly Position[] {
  return lists(coordinates).map(position)
}

function position(coordinates: Nested): Position {
  return [Number(coordinates[0]), Number(coordinates[1])]
}
