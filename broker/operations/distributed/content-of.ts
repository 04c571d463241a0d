import type { AttributeFragments, EntityFragment } from '../../core/model/entity.ts'
import type { DistributedWrite } from './distribute-write.ts'

type Content = Pick<DistributedWrite, 'attributes' | 'whole' | 'datasetIds' | 'members'>

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

/** Names the datasetIds that attributes have, `@none` for the default one; without attributes: any. */
export function datasetsOf(attributes: AttributeFragments): Pick<DistributedWrite, 'datasetIds'> {
  const found = Object.values(attributes).flatMap((instances) =>
    instances.map(({ datasetId = '@none' }) => datasetId),
  )
  return found.length === 0 ? {} : { datasetIds: [...new Set(found)] }
}
