import type { Iri } from '../../core/model/iri.ts'
import { Problem } from '../../core/model/problem.ts'
import type { Command } from '../command.ts'
import type { EvolutionDependencies } from './evolution-dependencies.ts'
import { changeEvolution } from './write-evolution.ts'

/** One instance of an attribute in history. */
export interface OfInstance extends Command {
  readonly id: string
  readonly attribute: Iri
  readonly instanceId: string
}

/**
 * Delete Attribute instance from Temporal Evolution of an Entity (CIM 009 v1.9.1, 5.6.15): what history loses is gone for
 * good, which takes the right to delete. @throws Problem ResourceNotFound
 */
export const deleteAttributeInstance =
  (dependencies: EvolutionDependencies) =>
  async ({ id, attribute, instanceId, ...command }: OfInstance): Promise<void> => {
    await changeEvolution(
      dependencies,
      command,
      { action: 'delete', id, attributes: [attribute] },
      {
        change: () => ({ action: 'deleteInstance', attribute, instanceId }),
        missing: () => noInstance(id, attribute, instanceId),
      },
    )
  }

/** The attribute has no such instance, or the entity no such attribute. */
export function noInstance(id: string, attribute: Iri, instanceId: string): Problem {
  return new Problem(
    'ResourceNotFound',
    `Attribute ${attribute} of entity ${id} has no instance ${instanceId} in its history`,
  )
}
