/** How high an administrative unit stands; there are no districts since 2025-07-01. */
export type UnitLevel = 'commune' | 'district' | 'province'

/** A unit that another one became, or was formed of: with all of its territory, or a part. */
export interface UnitLink {
  readonly id: string
  readonly extent: 'full' | 'partial'
}

/** An administrative unit in one period of validity: codes and names were reused, so only its id names it. */
export interface AdministrativeUnit {
  readonly id: string
  readonly code: string
  readonly level: UnitLevel
  readonly category: string
  readonly name: { readonly vi: string; readonly en: string }
  readonly alsoNamed: readonly string[]
  /** First and last day; absent: not known, or still valid. */
  readonly from?: string
  readonly to?: string
  readonly partOf?: string
  readonly successors: readonly UnitLink[]
  readonly predecessors: readonly UnitLink[]
  /** Longitude and latitude of a point inside. */
  readonly point?: readonly [number, number]
  /** In km². */
  readonly area?: number
}

/** What is known of a unit that is looked for; what is not said does not narrow. */
export interface UnitSearch {
  readonly code?: string
  /** As people write it; after commas the units that it is part of. */
  readonly name?: string
  /** A day on which it was valid. */
  readonly on?: string
  readonly level?: UnitLevel
}

/** The administrative units over time, as the hub knows them. */
export interface UnitRegister {
  unit(id: string): AdministrativeUnit | undefined
  /** Without a day several, where a code or name was used again. */
  find(search: UnitSearch): readonly AdministrativeUnit[]
  /** Tells whether a boundary of any unit is known that was valid on a day, of a level if it is said. */
  hasBoundaries(day: string, level?: UnitLevel): boolean
  boundary(id: string): { readonly geometry: UnitOutline } | undefined
  /** The smallest unit of a day at a position, or that of a level, by the boundaries; undefined: none is known there. */
  at(position: readonly [number, number], day: string, level?: UnitLevel): AdministrativeUnit | undefined
  /** The one with the nearest point that stands for it, of the first level that has any. */
  near(
    position: readonly [number, number],
    day: string,
    levels: readonly UnitLevel[],
    atMostKm: number,
  ): AdministrativeUnit | undefined
  /** Which units, of whatever time, are in this one: with all of their territory, or a part. */
  contents(id: string): { readonly whole: readonly string[]; readonly partly: readonly string[] }
}

type Ring = readonly (readonly [number, number])[]

/** The outline of a unit in GeoJSON, WGS84. */
export type UnitOutline =
  | { readonly type: 'Polygon'; readonly coordinates: readonly Ring[] }
  | { readonly type: 'MultiPolygon'; readonly coordinates: readonly (readonly Ring[])[] }

/** Days are those of the domain, +07:00. */
const ZONE_MILLISECONDS = 7 * 3_600_000

/** Answers the day of an instant, in microseconds, where the hub is at home. */
export function dayOf(at: number): string {
  return new Date(Math.floor(at / 1000) + ZONE_MILLISECONDS).toISOString().slice(0, 10)
}
