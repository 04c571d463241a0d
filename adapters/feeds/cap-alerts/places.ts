import { dayOf, unitNamed } from '../../kit/mapping/feed-places.ts'
import type { MapContext } from '../../kit/mapping/mapper.ts'
import { RecordFault } from '../../kit/values/fault.ts'
import { type Json, type JsonMap, member, textMember } from '../../kit/values/json.ts'

/** Longitude and latitude. */
type Position = readonly [number, number]

/** Where a warning is for. */
export interface WarnedPlaces {
  readonly geometry?: JsonMap
  /** Ids of administrative units. */
  readonly units: readonly string[]
  /** What the sender calls the areas. */
  readonly descriptions: readonly string[]
}

/** Vietnam with its sea, generously: west, south, east, north. */
const COUNTRY = [102, 7, 118, 24] as const
const KILOMETRES_PER_DEGREE = 111.195
const CORNERS_OF_A_CIRCLE = 32
const GSO = /^GSO(?:[-_ ]?(\d{4}))?$/i

/** Reads the areas of CAP: polygons and circles have the latitude first; codes are of the list of their year, or of the day of the message. */
export function placesOf(areas: readonly JsonMap[], sent: string, context: MapContext): WarnedPlaces {
  const rings = areas.flatMap((area) => [
    ...textsOf(area, 'polygon').flatMap((text) => attempt(() => ringOf(text), context)),
    ...textsOf(area, 'circle').flatMap((text) => attempt(() => circleOf(text), context)),
  ])
  const units = areas.flatMap((area) => unitsOf(area, sent, context))
  const descriptions = areas.flatMap((area) => textMember(area, 'areaDesc') ?? [])
  const geometry = geometryOf(rings)
  return {
    ...(geometry && { geometry }),
    units: [...new Set(units)],
    descriptions: [...new Set(descriptions)],
  }
}

/** What cannot be true is set aside, and the rest is read. */
function attempt<T>(read: () => T, { doubt }: MapContext): readonly T[] {
  try {
    return [read()]
  } catch (fault) {
    if (!(fault instanceof RecordFault)) throw fault
    doubt(fault.message)
    return []
  }
}

/** Positions around an area, the first again at the end, against the clock (RFC 7946, 3.1.6). */
function ringOf(text: string): readonly Position[] {
  const ring = text.split(/\s+/).map(positionOf)
  const [first, last] = [ring[0], ring.at(-1)]
  if (!first || !last || ring.length < 4 || first[0] !== last[0] || first[1] !== last[1])
    throw implausible('Polygon is not closed')
  return isWithTheClock(ring) ? ring.reverse() : ring
}

function positionOf(text: string): Position {
  const [latitude, longitude] = text.split(',').map((part) => (part === '' ? Number.NaN : Number(part)))
  if (latitude === undefined || longitude === undefined || Number.isNaN(latitude + longitude))
    throw implausible('Position is not latitude,longitude')
  if (isInCountry(longitude, latitude)) return [longitude, latitude]
  throw implausible(
    `Place is outside Vietnam${isInCountry(latitude, longitude) ? ', but would be inside with the longitude first' : ''}`,
  )
}

function isInCountry(longitude: number, latitude: number): boolean {
  const [west, south, east, north] = COUNTRY
  return longitude >= west && longitude <= east && latitude >= south && latitude <= north
}

function isWithTheClock(ring: readonly Position[]): boolean {
  const twice = ring.slice(1).reduce((sum, [x, y], index) => {
    const [beforeX, beforeY] = ring[index] ?? [x, y]
    return sum + (x - beforeX) * (y + beforeY)
  }, 0)
  return twice > 0
}

/** `latitude,longitude kilometres`, as many corners; of no size it is its centre alone. */
function circleOf(text: string): readonly Position[] {
  const [centre = '', size = ''] = text.split(/\s+/)
  const [longitude, latitude] = positionOf(centre)
  const radius = Number(size)
  if (size === '' || !(radius >= 0) || radius > 2000) throw implausible('Circle has no radius in kilometres')
  if (radius === 0) return [[longitude, latitude]]
  const north = radius / KILOMETRES_PER_DEGREE
  const east = north / Math.cos((latitude * Math.PI) / 180)
  const corners = Array.from({ length: CORNERS_OF_A_CIRCLE }, (_, index): Position => {
    const angle = (2 * Math.PI * index) / CORNERS_OF_A_CIRCLE
    return [rounded(longitude + east * Math.cos(angle)), rounded(latitude + north * Math.sin(angle))]
  })
  return [...corners, ...corners.slice(0, 1)]
}

/** Areas where there are some, else points. */
function geometryOf(rings: readonly (readonly Position[])[]): JsonMap | undefined {
  const areas = rings.filter((ring) => ring.length > 1)
  const shapes: readonly Json[] = areas.length > 0 ? areas.map((ring) => [ring]) : rings.flat()
  const [only] = shapes
  if (only === undefined) return undefined
  const kind = areas.length > 0 ? 'Polygon' : 'Point'
  return shapes.length === 1
    ? { type: kind, coordinates: only }
    : { type: `Multi${kind}`, coordinates: shapes }
}

/** Units by their codes; where an area has none, the one that it is called. */
function unitsOf(area: JsonMap, sent: string, context: MapContext): readonly string[] {
  const codes = pairsOf(area).flatMap(([name, value]) => {
    const found = GSO.exec(name)
    if (!found) context.notice(`Geocode ${name.slice(0, 40)} is not of the statistics office`)
    return found ? [{ code: value, time: found[1] === undefined ? sent : `${found[1]}-12-31T00:00:00Z` }] : []
  })
  if (codes.length > 0)
    return codes.flatMap(({ code, time }) =>
      attempt(() => unitNamed(context.places, { code }, time), context),
    )
  const name = textMember(area, 'areaDesc') ?? ''
  const [only, ...more] = context.places.units.find({ name, on: dayOf(sent) })
  return only && more.length === 0 ? [only.id] : []
}

function pairsOf(area: JsonMap): readonly (readonly [string, string])[] {
  const all = member(area, 'geocode')
  return (Array.isArray(all) ? all : []).map((pair: Json) => [
    textMember(pair, 'valueName') ?? '',
    textMember(pair, 'value') ?? '',
  ])
}

function textsOf(area: JsonMap, name: string): readonly string[] {
  const all = member(area, name)
  return (Array.isArray(all) ? all : []).filter((text) => typeof text === 'string')
}

function implausible(text: string): RecordFault {
  return new RecordFault('implausible', text)
}

function rounded(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6
}
