import type { Command } from '../command.ts'
import { type EvolutionDependencies, noEvolution } from './evolution-dependencies.ts'
import { changeEvolution } from './write-evolution.ts'

export interface DeleteTemporalEvolution extends Command {
  readonly id: string
}

/**
 * Delete Temporal Evolution of an Entity (CIM 009 v1.9.1, 5.6.16): all of its history is gone for good; what the entity
 * is now stays. @throws Problem ResourceNotFound
 */
export const deleteTemporalEvolution =
  (dependencies: EvolutionDependencies) =>
  async ({ id, ...command }: DeleteTemporalEvolution): Promise<void> => {
    command.caller.check('delete', command.tenant, { resource: 'entity', id })
    const attributes = await namesInHistory(dependencies, command, id)
    await changeEvolution(
      dependencies,
      command,
      { action: 'delete', id, attributes, whole: true },
      { change: () => ({ action: 'delete' }), missing: () => noEvolution(id) },
    )
  }

/**
 * Names all attributes that have a history, and those that the entity has now: who may not delete one of them, or cannot see
 * it in clear, cannot delete all of it.
 */
export async function namesInHistory(
  { store }: EvolutionDependencies,
  { tenant }: Command,
  id: string,
): Promise<readonly string[]> {
  const newest = await store.instances(tenant, id, { order: 'newest', perAttribute: 1 })
  const condensed = await store.condensed(tenant, id, {})
  const [head] = await store.evolutions(tenant, { ids: [id], limit: 1 })
  const past = [...newest, ...condensed].map(({ attribute }) => attribute)
  return [...new Set([...past, ...Object.keys(head?.state?.attributes ?? {})])]
}
