import type { Iri } from '../../core/model/iri.ts'
import { Problem } from '../../core/model/problem.ts'
import type { Command } from '../command.ts'
import type { EvolutionDependencies } from './evolution-dependencies.ts'
import { changeEvolution } from './write-evolution.ts'

export interface DeleteTemporalAttribute extends Command {
  readonly id: string
  readonly attribute: Iri
  /** Absent: the default instances. */
  readonly datasetId?: string
  readonly deleteAll: boolean
}

/**
 * Delete Attribute from Temporal Evolution of an Entity (CIM 009 v1.9.1, 5.6.13): what history loses is gone for good, which
 * takes the right to delete. @throws Problem ResourceNotFound
 */
export const deleteTemporalAttribute =
  (dependencies: EvolutionDependencies) =>
  async ({ id, attribute, datasetId, deleteAll, ...command }: DeleteTemporalAttribute): Promise<void> => {
    const dataset = deleteAll ? { all: true as const } : { ...(datasetId !== undefined && { datasetId }) }
    await changeEvolution(
      dependencies,
      command,
      { action: 'delete', id, attributes: [attribute] },
      {
        change: () => ({ action: 'deleteAttribute', attribute, ...dataset }),
        missing: () => noAttribute(id, attribute, dataset),
      },
    )
  }

function noAttribute(
  id: string,
  attribute: Iri,
  { all, datasetId }: { readonly all?: true; readonly datasetId?: string },
): Problem {
  const which = all ? '' : datasetId === undefined ? ' without datasetId' : ` with datasetId ${datasetId}`
  return new Problem(
    'ResourceNotFound',
    `Temporal evolution of entity ${id} has no attribute ${attribute}${which}`,
  )
}
