import { readFileSync } from 'node:fs'
import { type Coordinates, loadCoordinates } from '../../ontology/coordinates/coordinates.ts'
import type { ReferenceSystem } from '../../ontology/coordinates/reference-systems.ts'
import type { Ontology } from '../../ontology/ontology.ts'
import type { Boundary } from '../../ontology/places/boundary.ts'
import { createPlaces, type Places } from '../../ontology/places/places.ts'
import { readBoundaries } from '../../ontology/places/read-boundaries.ts'
import type { JsonValue } from '../../ontology/vocabulary.ts'
import type { Config } from '../config.ts'
import { ConfigError, type ConfigFault } from '../config-error.ts'
import type { ConfiguredBoundaries, ConfiguredSystem } from '../config-places.ts'

/** What a hub knows of places. */
export interface KnownPlaces {
  readonly units: Places
  /** What turns coordinates into others; loaded when it is first asked for. */
  readonly coordinates: () => Promise<Coordinates>
}

/** Puts together what a hub knows of places, with the boundaries that are configured. @throws ConfigError with all faults of their files */
export async function loadPlaces(
  { places }: Pick<Config, 'places'>,
  ontology: Pick<Ontology, 'administrativeUnits'>,
): Promise<KnownPlaces> {
  let loaded: Promise<Coordinates> | undefined
  const coordinates = (): Promise<Coordinates> => {
    loaded ??= loadCoordinates(places.systems.map(declared))
    return loaded
  }
  const units = createPlaces(() => ontology.administrativeUnits)
  if (places.systems.length > 0) await coordinates().catch(refuseSystems)
  if (places.boundaries.length === 0) return { units, coordinates }
  const boundaries = new Map<string, Boundary>()
  const faults: ConfigFault[] = []
  for (const file of places.boundaries) {
    const read = await readFile(file, units, coordinates)
    for (const [id, boundary] of read.boundaries) boundaries.set(id, boundary)
    for (const text of read.faults) faults.push({ where: file.file, text })
  }
  if (faults.length > 0) throw new ConfigError(faults)
  return { units: createPlaces(() => ontology.administrativeUnits, boundaries), coordinates }
}

function declared({ id, definition }: ConfiguredSystem): ReferenceSystem {
  return { id, name: id, unit: definition.includes('+proj=longlat') ? 'degree' : 'metre', definition }
}

function refuseSystems(error: unknown): never {
  const text = `Reference system cannot be read: ${error instanceof Error ? error.message : String(error)}`
  throw new ConfigError([{ where: 'places.systems', text }])
}

async function readFile(
  { file, on, code = 'code', crs }: ConfiguredBoundaries,
  units: Places,
  coordinates: KnownPlaces['coordinates'],
): Promise<ReturnType<typeof readBoundaries>> {
  const fault = (text: string) => ({ boundaries: new Map<string, Boundary>(), faults: [text] })
  const converter = crs === undefined ? undefined : await coordinates()
  const system = crs === undefined ? undefined : converter?.system(crs)
  if (crs !== undefined && !system) return fault(`Reference system ${crs} is not known`)
  let document: JsonValue
  try {
    document = JSON.parse(readFileSync(file, 'utf8')) as JsonValue // any JSON
  } catch (error) {
    return fault(`File cannot be read: ${error instanceof Error ? error.message : 'unknown error'}`)
  }
  return readBoundaries(document, units, {
    on,
    code,
    toWgs84: (position) => (converter && system ? converter.toWgs84(position, system) : position),
  })
}
