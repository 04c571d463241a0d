import { appendEvolution, type ProvidedEvolution } from './append-evolution.ts'
import type { EvolutionDependencies } from './evolution-dependencies.ts'

/**
 * Create or Update (Upsert) Temporal Evolution of an Entity (CIM 009 v1.9.1, 5.6.11): adds instances to its history, which
 * begins with them where there was none. What the entity is now stays as it is. @throws Problem
 */
export const createTemporalEvolution =
  (dependencies: EvolutionDependencies) =>
  async (provided: ProvidedEvolution): Promise<{ readonly created: boolean }> => {
    const { caller, tenant, id } = provided
    caller.check('update', tenant, { resource: 'entity', id }) // who may not add to history makes no tenant either
    await dependencies.store.createTenant(tenant)
    const result = await appendEvolution(dependencies, provided, 'either')
    return { created: result.outcome === 'kept' && result.created === true }
  }
