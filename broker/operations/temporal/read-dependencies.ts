import type { GeometryEngine } from '../../core/geo/engine.ts'
import type { Federation } from '../../federation/federation.ts'
import type { EvolutionDependencies } from './evolution-dependencies.ts'

/** What temporal evolution is judged and written with. */
export interface EvolutionMeans {
  readonly engine: GeometryEngine
  /** Heads and instances that one request may look at. */
  readonly maxRows: number
  /** Instances of an attribute that one answer holds. */
  readonly maxInstances: number
  /** Bytes that the evolutions of one page may have. */
  readonly maxPageBytes: number
}

/** What every read of temporal evolution works with. */
export interface EvolutionReading extends EvolutionDependencies, EvolutionMeans {
  readonly federation: Federation
}
