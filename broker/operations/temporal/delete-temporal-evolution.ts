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
    const { caller, tenant } = command
    caller.check('delete', tenant, { resource: 'entity', id })
    const attributes = caller.view(tenant).unrestricted ? [] : await attributesOf(dependencies, command, id)
    await changeEvolution(
      dependencies,
      command,
      { action: 'delete', id, attributes },
      { change: { action: 'delete' }, missing: () => noEvolution(id) },
    )
  }

/** Names of all attributes that have a history: who cannot see one of them in clear cannot delete it. */
async function attributesOf(
  { store }: EvolutionDependencies,
  { tenant }: Command,
  id: string,
): Promise<readonly string[]> {
  const newest = await store.instances(tenant, id, { order: 'newest', perAttribute: 1 })
  const condensed = await store.condensed(tenant, id, {})
  return [...new Set([...newest, ...condensed].map(({ attribute }) => attribute))]
}
