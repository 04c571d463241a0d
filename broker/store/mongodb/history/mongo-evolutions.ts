import { parseEntity } from '../../port/change.ts'
import type { EvolutionHead, EvolutionQuery } from '../../port/evolution.ts'
import { provisionedOf, united } from '../layout/entity-fields.ts'
import { type KeptEntity, READING, type TenantCollections } from '../mongo-documents.ts'
import { typeFilter } from '../query/filters.ts'

/** Reads who has a history: the document of an entity tells, also when the entity is gone or never was. */
export async function readEvolutions(
  { entities }: TenantCollections,
  { ids, types, after, limit, stateless }: EvolutionQuery,
): Promise<readonly EvolutionHead[]> {
  const found = await entities
    .find({
      $and: [
        { evolvedTypes: { $exists: true } },
        ...(types ? [typeFilter(types, 'evolvedTypes').filter] : []),
        ...(ids ? [{ _id: { $in: [...ids] } }] : []),
        ...(after === undefined ? [] : [{ _id: { $gt: after } }]),
      ],
    })
    .sort({ _id: 1 })
    .limit(limit)
    .maxTimeMS(READING.maxTimeMS)
    .project<HeadFields>({ text: 1, last: 1, deletedAt: 1, provisioned: 1 })
    .toArray()
  const heads = found.map(headOf)
  return stateless ? heads.map(({ state: _, ...head }) => head) : heads
}

type HeadFields = Pick<KeptEntity, '_id' | 'text' | 'last' | 'deletedAt' | 'provisioned'>

function headOf(found: HeadFields): EvolutionHead {
  const { _id: id, text = found.last, deletedAt } = found
  const state = text === undefined ? undefined : parseEntity(text)
  const provisioned = provisionedOf(found)
  const { createdAt = 0, modifiedAt = 0, scopes } = state ?? provisioned ?? {}
  return {
    id,
    types: united(state?.types, provisioned?.types),
    ...(scopes && { scopes }),
    createdAt,
    modifiedAt,
    ...(deletedAt !== undefined && { deletedAt }),
    ...(state && { state }),
  }
}
