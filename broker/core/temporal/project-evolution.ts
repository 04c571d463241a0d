import type { TemporalEntity } from '../model/temporal.ts'
import { SCOPE } from '../model/temporal.ts'
import type { EvolutionOptions } from '../view/evolution-options.ts'
import { isProjected, projectedAttributes } from '../view/render.ts'

/**
 * Answers of an evolution what is wanted: members by the projection (CIM 009 v1.9.1, 4.21), instances by their datasetId
 * (4.5.5). undefined: of what is wanted no instance has such a datasetId.
 */
export function projectEvolution(
  entity: TemporalEntity,
  { pick, omit, datasetIds }: EvolutionOptions,
): TemporalEntity | undefined {
  if (!pick && !omit && !datasetIds) return entity
  const projection = { ...(pick && { pick }), ...(omit && { omit }) }
  const { [SCOPE]: scopes, ...rest } = entity.attributes
  const wanted = projectedAttributes(rest, projection)
  const left = projectedAttributes(wanted, { ...(datasetIds && { datasetIds }) })
  if (Object.keys(wanted).length > 0 && Object.keys(left).length === 0) return undefined
  const kept = scopes && isProjected('scope', projection)
  return { ...entity, attributes: kept ? { ...left, [SCOPE]: scopes } : left }
}
