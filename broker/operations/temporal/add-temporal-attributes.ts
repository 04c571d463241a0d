import { appendEvolution, type ProvidedEvolution } from './append-evolution.ts'
import type { EvolutionDependencies } from './evolution-dependencies.ts'

/** Add Attributes to Temporal Evolution of an Entity (CIM 009 v1.9.1, 5.6.12). @throws Problem ResourceNotFound */
export const addTemporalAttributes =
  (dependencies: EvolutionDependencies) =>
  async (provided: ProvidedEvolution): Promise<void> => {
    await appendEvolution(dependencies, provided, 'present')
  }
