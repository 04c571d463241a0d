import type { AttributeFragments, EntityFragment, InstanceFragment } from '../../core/model/entity.ts'
import type { AttributeSet, SourceShare } from '../registry/share-out.ts'

/** Leaves of a body the attributes of a part. */
export function narrowFragment(fragment: EntityFragment, attributes: AttributeSet): EntityFragment {
  if (attributes === 'everything') return fragment
  const kept = attributes.flatMap((name) => {
    const instances = fragment.attributes[name]
    return instances ? [[name, instances] as const] : []
  })
  return { ...fragment, attributes: Object.fromEntries(kept) }
}

/**
 * Leaves of a body what belongs to a source: its attributes, and of them the instances that it registered where others
 * keep them too. `members`: type, scope and expiry go along whoever it is, since without them it is no entity.
 */
export function narrowToShare(
  fragment: EntityFragment,
  share: SourceShare,
  members: boolean,
): EntityFragment {
  const { attributes, ...others } = narrowFragment(fragment, share.attributes)
  const kept = narrowInstances(attributes, share)
  return members || share.whole ? { ...others, attributes: kept } : { attributes: kept }
}

function narrowInstances(
  attributes: AttributeFragments,
  { registration: { datasetIds }, proxied }: SourceShare,
): AttributeFragments {
  if (proxied || datasetIds.length === 0) return attributes
  const registered = ({ datasetId = '@none' }: InstanceFragment): boolean => datasetIds.includes(datasetId)
  const entries = Object.entries(attributes).map(
    ([name, instances]) => [name, instances.filter(registered)] as const,
  )
  return Object.fromEntries(entries.filter(([, instances]) => instances.length > 0))
}
