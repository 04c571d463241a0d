import type { Converter } from 'proj4'
import { REFERENCE_SYSTEMS, type ReferenceSystem, systemId, WGS84 } from './reference-systems.ts'

/** East and north of a position, in the units of its system; what follows, such as a height, is left as it is. */
export type XY = readonly [number, number]

/** Turns positions of declared systems into WGS84 and back. */
export interface Coordinates {
  /** The system that a name stands for; undefined: it is not declared. */
  system(name: string): ReferenceSystem | undefined
  toWgs84(position: XY, system: ReferenceSystem): XY
  fromWgs84(position: XY, system: ReferenceSystem): XY
}

/** Nine decimals of a degree are a tenth of a millimetre; the shift of the datum and its inverse differ by one. */
const DECIMALS = { degree: 9, metre: 3 } as const

/** Loads what turns positions from one system into another, with systems that are declared besides. @throws for a definition that cannot be read */
export async function loadCoordinates(declared: readonly ReferenceSystem[] = []): Promise<Coordinates> {
  // half a megabyte that most hubs never need
  const { default: proj4 } = await import('proj4')
  const systems = new Map([...REFERENCE_SYSTEMS, ...declared].map((system) => [system.id, system]))
  const converters = new Map<string, Converter>()
  for (const system of declared) converter(system)
  return {
    system: (name) => {
      const id = systemId(name)
      // in files and in GeoJSON degrees come east before north, whatever EPSG says of its axes
      return systems.get(id === 'EPSG:4326' ? WGS84 : (id ?? name))
    },
    toWgs84: (position, system) =>
      system.id === WGS84 ? position : rounded(converter(system).inverse([...position]), DECIMALS.degree),
    fromWgs84: (position, system) =>
      system.id === WGS84
        ? position
        : rounded(converter(system).forward([...position]), DECIMALS[system.unit]),
  }

  function converter({ id, definition }: ReferenceSystem): Converter {
    const known = converters.get(id) ?? proj4(definition)
    converters.set(id, known)
    return known
  }
}

function rounded([x = Number.NaN, y = Number.NaN]: readonly number[], decimals: number): XY {
  return [Number(x.toFixed(decimals)), Number(y.toFixed(decimals))]
}
