import { CoordinateFault, checkedReading } from '../../ontology/coordinates/plausible.ts'
import { systemUri } from '../../ontology/coordinates/reference-systems.ts'
import type { PlanePosition } from '../core/geo/map-places.ts'
import type { ReferenceSystems } from '../core/model/reference-system.ts'
import type { KnownPlaces } from './places.ts'

/** Offers the reference systems of the ontology to requests; they are loaded with the first that names one. */
export function referenceSystems({ coordinates }: Pick<KnownPlaces, 'coordinates'>): ReferenceSystems {
  return {
    named: async (name) => {
      const converter = await coordinates()
      const system = converter.system(name)
      if (!system) return undefined
      return {
        id: system.id,
        uri: systemUri(system.id),
        fromWgs84: (position) => converter.fromWgs84(position, system),
        toWgs84: (position) => converter.toWgs84(position, system),
        likelier: (positions: readonly PlanePosition[]) => {
          try {
            checkedReading(positions, system, converter)
          } catch (error) {
            if (!(error instanceof CoordinateFault)) throw error
            return error.likelier ? error.message : undefined
          }
          return undefined
        },
      }
    },
  }
}
