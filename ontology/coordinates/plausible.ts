import type { Coordinates, XY } from './coordinates.ts'
import { PROVINCE_SYSTEM, type ReferenceSystem, WGS84 } from './reference-systems.ts'

/** West, south, east, north in WGS84. */
export type Extent = readonly [number, number, number, number]

/** One way to read coordinates that do not say what they are. */
export interface Reading {
  readonly system: ReferenceSystem
  /** North comes before east: as cadastral lists have it, or latitude before longitude. */
  readonly swapped: boolean
}

/** Coordinates that cannot be read, or that cannot be what they are said to be; the text names no value. */
export class CoordinateFault extends Error {
  /** There are readings under which they lie where they may. */
  readonly likelier: boolean

  constructor(text: string, likelier: boolean) {
    super(text)
    this.likelier = likelier
  }
}

/** Where the data of the province lie, with a margin. */
export const PROVINCE_EXTENT: Extent = [105.3, 21.25, 106.35, 22.85]

/**
 * What data of the province come in. Zones of the next meridians are not among these: a quarter of a degree to the side the same
 * numbers lie in the province too, so they have to be declared.
 */
export const USUAL_SYSTEMS: readonly string[] = [
  WGS84,
  PROVINCE_SYSTEM,
  'EPSG:3405',
  'EPSG:5897',
  'EPSG:32648',
]

/** Where coordinates may lie, and what they may be. */
export interface Plausibility {
  readonly extent?: Extent
  readonly among?: readonly string[]
}

/** Answers every way to read positions under which all of them lie where they may. */
export function readingsOf(
  positions: readonly XY[],
  coordinates: Coordinates,
  { extent = PROVINCE_EXTENT, among = USUAL_SYSTEMS }: Plausibility = {},
): readonly Reading[] {
  if (positions.length === 0) return []
  return among
    .flatMap((id) => coordinates.system(id) ?? [])
    .flatMap((system) => [false, true].map((swapped) => ({ system, swapped })))
    .filter((reading) => positions.every((position) => isIn(extent, readAs(position, reading, coordinates))))
}

/** Answers the only way in which positions lie where they may. @throws CoordinateFault when there is none, or more than one */
export function plausibleReading(
  positions: readonly XY[],
  coordinates: Coordinates,
  plausibility: Plausibility = {},
): Reading {
  const readings = readingsOf(positions, coordinates, plausibility)
  const [only] = readings
  if (!only)
    throw new CoordinateFault('Coordinates lie outside the area in every known reference system', false)
  if (readings.length > 1)
    throw new CoordinateFault(
      `Coordinates may be ${readings.map(nameOf).join(' or ')}: the reference system must be declared`,
      true,
    )
  return only
}

/**
 * Checks positions of a declared system: those that lie where they may under one other reading alone were declared wrongly.
 * @throws CoordinateFault
 */
export function checkedReading(
  positions: readonly XY[],
  system: ReferenceSystem,
  coordinates: Coordinates,
  plausibility: Plausibility = {},
): Reading {
  const declared = { system, swapped: false }
  if (
    readingsOf(positions, coordinates, { ...plausibility, among: [system.id] }).some(
      ({ swapped }) => !swapped,
    )
  )
    return declared
  const { among = USUAL_SYSTEMS } = plausibility
  const others = readingsOf(positions, coordinates, {
    ...plausibility,
    among: [...new Set([...among, system.id])],
  })
  const likely = others.length > 0 ? `, but inside as ${others.map(nameOf).join(' or ')}` : ''
  throw new CoordinateFault(`Coordinates lie outside the area as ${system.id}${likely}`, others.length > 0)
}

/** Answers a position in WGS84 as a reading has it. */
export function readAs([first, second]: XY, { system, swapped }: Reading, coordinates: Coordinates): XY {
  return coordinates.toWgs84(swapped ? [second, first] : [first, second], system)
}

function nameOf({ system, swapped }: Reading): string {
  return swapped ? `${system.id} with north before east` : system.id
}

function isIn([west, south, east, north]: Extent, [x, y]: XY): boolean {
  return x >= west && x <= east && y >= south && y <= north
}
