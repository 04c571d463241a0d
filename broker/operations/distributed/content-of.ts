import type { AttributeFragments, EntityFragment } from '../../core/model/entity.ts'
import type { DistributedWrite } from './distribute-write.ts'

type Content = Pick<DistributedWrite, 'attributes' | 'whole' | 'datasets' | 'datasetIds' | 'members'>

/** Tells of a fragment what decides who gets which part of it. */
export function contentOf({ id: _, attributes, ...members }: EntityFragment): Content {
  const { scopes, expiresAt } = members
  return {
    attributes: Object.keys(attributes),
    whole: scopes !== undefined || expiresAt !== undefined,
    members,
    ...datasetsOf(attributes),
  }
}

/** Names the datasetIds that each attribute has, and all of them, `@none` for the default one; without attributes: any. */
export function datasetsOf(
  attributes: AttributeFragments,
): Pick<DistributedWrite, 'datasets' | 'datasetIds'> {
  const datasets = new Map(
    Object.entries(attributes).map(([name, instances]) => [
      name,
      instances.map(({ datasetId = '@none' }) => datasetId),
    ]),
  )
  const found = [...datasets.values()].flat()
  return found.length === 0 ? {} : { datasets, datasetIds: [...new Set(found)] }
}
