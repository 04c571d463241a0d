import type { Coordinates, XY } from '../../../ontology/coordinates/coordinates.ts'
import {
  CoordinateFault,
  checkedReading,
  type Extent,
  plausibleReading,
  type Reading,
  readAs,
} from '../../../ontology/coordinates/plausible.ts'
import { mapGeometry, positionsIn } from '../../../ontology/coordinates/positions.ts'
import type { PlacesDefinition } from '../definition/feed-definition.ts'
import { type EntityDocument, instancesOf, latestTime, relationship } from '../values/entity-document.ts'
import { RecordFault, unmapped } from '../values/fault.ts'
import { isJsonMap, type Json, type JsonMap, member } from '../values/json.ts'
import { type FeedPlaces, unitAt } from './feed-places.ts'

const DETECT = 'detect'

/** Answers an entity with its places in WGS84 and its administrative unit, as its feed declares. @throws RecordFault */
export function placeEntity(
  document: EntityDocument,
  definition: PlacesDefinition,
  places: FeedPlaces,
): EntityDocument | Promise<EntityDocument> {
  const { crs, unit } = definition
  const inUnit = (located: EntityDocument): EntityDocument =>
    unit === undefined || located.refAdministrativeUnit !== undefined ? located : withUnit(located, places)
  if (crs === undefined) return inUnit(document)
  return places.coordinates().then((coordinates) => inUnit(inWgs84(document, definition, coordinates)))
}

function inWgs84(
  document: EntityDocument,
  { crs = DETECT, extent }: PlacesDefinition,
  coordinates: Coordinates,
): EntityDocument {
  const positions = instancesOf(document).flatMap(({ instance }) =>
    positionsIn(geometryOf(instance)?.coordinates),
  )
  if (positions.length === 0) return document
  const reading = readingOf(positions, { crs, ...(extent && { extent }) }, coordinates)
  return mapGeoProperties(document, (geometry) =>
    mapGeometry(geometry, (position) => readAs(position, reading, coordinates)),
  )
}

/** Answers a geometry in WGS84, of a system or of the one that puts it into the area. @throws RecordFault */
export async function inSystem(
  geometry: JsonMap,
  { crs, extent }: Omit<PlacesDefinition, 'unit'>,
  places: FeedPlaces,
): Promise<JsonMap> {
  const coordinates = await places.coordinates()
  const positions = positionsIn(geometry.coordinates)
  const reading = readingOf(positions, { crs: crs ?? DETECT, ...(extent && { extent }) }, coordinates)
  return mapGeometry(geometry, (position) => readAs(position, reading, coordinates))
}

function readingOf(
  positions: readonly XY[],
  { crs, extent }: { readonly crs: string; readonly extent?: Extent },
  coordinates: Coordinates,
): Reading {
  const plausibility = extent ? { extent } : {}
  try {
    return crs === DETECT
      ? plausibleReading(positions, coordinates, plausibility)
      : checkedReading(positions, systemOf(crs, coordinates), coordinates, plausibility)
  } catch (error) {
    if (error instanceof CoordinateFault) throw new RecordFault('implausible', error.message, error)
    throw error
  }
}

function systemOf(crs: string, coordinates: Coordinates): Reading['system'] {
  const system = coordinates.system(crs)
  if (!system) throw unmapped(`Reference system ${crs} of the feed is not known`)
  return system
}

function mapGeoProperties(document: EntityDocument, change: (geometry: JsonMap) => JsonMap): EntityDocument {
  const changed = (value: Json): Json => {
    if (Array.isArray(value)) return value.map(changed)
    const geometry = geometryOf(value)
    return geometry && isJsonMap(value) ? { ...value, value: change(geometry) } : value
  }
  return Object.fromEntries(
    Object.entries(document).map(([name, value]) => [name, name === '@context' ? value : changed(value)]),
  ) as EntityDocument // id and type are no GeoProperties
}

function geometryOf(instance: Json): JsonMap | undefined {
  const value = member(instance, 'type') === 'GeoProperty' ? member(instance, 'value') : undefined
  return isJsonMap(value) ? value : undefined
}

function withUnit(document: EntityDocument, places: FeedPlaces): EntityDocument {
  const location = Array.isArray(document.location) ? document.location[0] : document.location
  const [place] = positionsIn(member(geometryOf(location ?? null), 'coordinates'))
  const time = latestTime(document)
  const unit = place && unitAt(places, place, time)
  if (unit === undefined) return document
  // what has no time itself shall not get one by this
  const observedAt = time === undefined ? undefined : (since(places.units.unit(unit)?.from) ?? time)
  const refAdministrativeUnit = relationship(unit, observedAt === undefined ? {} : { observedAt })
  const { id, type } = document
  const members: JsonMap = document
  return { id, type, ...members, refAdministrativeUnit }
}

/** It holds since the unit is there: so it is the same for all readings of a unit, and none of before the reform takes its place. */
function since(day: string | undefined): string | undefined {
  return day === undefined ? undefined : new Date(`${day}T00:00:00+07:00`).toISOString()
}
