import type { TimeProperty } from '../model/temporal.ts'
import type { RenderOptions } from './render-options.ts'

/** How the evolution of an entity is to be written (CIM 009 v1.9.1, 4.5.6 to 4.5.9, 4.5.19). */
export interface EvolutionOptions extends Omit<RenderOptions, 'format' | 'geometryProperty' | 'expanded'> {
  readonly format: 'normalized' | 'concise' | 'temporalValues' | 'aggregatedValues'
  /** What the temporal query is about: the time of each instance. Absent: there is no temporal query. */
  readonly property?: TimeProperty
}
