import { checkedName } from './names.ts'

/** Longitude, latitude, and what may follow them. */
export type Position = readonly [longitude: number, latitude: number, ...more: number[]]

/** A geometry that entities are compared with (RFC 7946). */
export type QueryGeometry =
  | { readonly type: 'Point'; readonly coordinates: Position }
  | { readonly type: 'MultiPoint' | 'LineString'; readonly coordinates: readonly Position[] }
  | { readonly type: 'MultiLineString' | 'Polygon'; readonly coordinates: readonly (readonly Position[])[] }
  | { readonly type: 'MultiPolygon'; readonly coordinates: readonly (readonly (readonly Position[])[])[] }

/** How entities lie to a geometry (CIM 009 v1.9.1, 4.10); `near` takes exactly one distance, in metres. */
export type GeoQuery = (
  | { readonly relation: 'near'; readonly maxDistance: number; readonly minDistance?: never }
  | { readonly relation: 'near'; readonly minDistance: number; readonly maxDistance?: never }
  | {
      readonly relation: 'within' | 'contains' | 'intersects' | 'equals' | 'disjoint' | 'overlaps'
      readonly maxDistance?: never
      readonly minDistance?: never
    }
) & {
  readonly geometry: QueryGeometry
  /** GeoProperty that is compared; `location` unless said otherwise. */
  readonly property?: string
}

/** Writes the parameters of a geoquery. @throws TypeError for what is no geometry or no distance */
export function geoParameters({ relation, geometry, maxDistance, minDistance, property }: GeoQuery): {
  readonly georel: string
  readonly geometry: string
  readonly coordinates: string
  readonly geoproperty?: string
} {
  const distance = maxDistance ?? minDistance
  const hasOne = (maxDistance === undefined) !== (minDistance === undefined)
  if (relation === 'near' ? !hasOne : distance !== undefined)
    throw new TypeError('Relation near takes exactly one distance, and no other relation takes any')
  if (distance !== undefined && !(distance > 0 && Number.isFinite(distance)))
    throw new TypeError(`Distance ${distance} is no number of metres above 0`)
  checkGeometry(geometry)
  const modifier = maxDistance === undefined ? 'minDistance' : 'maxDistance'
  return {
    georel: distance === undefined ? relation : `near;${modifier}==${distance}`,
    geometry: geometry.type,
    coordinates: JSON.stringify(geometry.coordinates),
    ...(property !== undefined && { geoproperty: checkedName(property, 'GeoProperty') }),
  }
}

function checkGeometry(geometry: QueryGeometry): void {
  const valid = {
    Point: isPosition,
    MultiPoint: listOf(1, isPosition),
    LineString: listOf(2, isPosition),
    MultiLineString: listOf(1, listOf(2, isPosition)),
    Polygon: isPolygon,
    MultiPolygon: listOf(1, isPolygon),
  }[geometry.type]
  if (!valid?.(geometry.coordinates))
    throw new TypeError(`Coordinates are those of no ${geometry.type}: longitude first, rings closed`)
}

type Check = (value: unknown) => boolean

function listOf(least: number, check: Check): Check {
  return (value) => Array.isArray(value) && value.length >= least && value.every(check)
}

function isPosition(value: unknown): boolean {
  if (!Array.isArray(value) || value.length < 2 || !value.every(Number.isFinite)) return false
  return Math.abs(value[0]) <= 180 && Math.abs(value[1]) <= 90
}

function isPolygon(value: unknown): boolean {
  return listOf(1, isRing)(value)
}

function isRing(value: unknown): boolean {
  if (!listOf(4, isPosition)(value) || !Array.isArray(value)) return false
  return JSON.stringify(value[0]) === JSON.stringify(value.at(-1))
}
