import type { AttributeFragments, EntityFragment, InstanceFragment } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import { belongs, type OwnShare, type SourceShare } from '../registry/share-out.ts'

type Part = Pick<OwnShare, 'attributes' | 'instances'>

/** Leaves of a body the attributes of a part, and the instances of them that belong to it. */
export function narrowFragment(fragment: EntityFragment, part: Part): EntityFragment {
  const { attributes: names } = part
  if (names === 'everything') return fragment
  const kept: Record<string, AttributeFragments[string]> = {}
  for (const name of names) {
    const given = fragment.attributes[name]
    const own = given ? instancesOf(part, name, given) : []
    if (own.length > 0) kept[name] = own
  }
  return { ...fragment, attributes: kept }
}

/** Leaves of the instances of one attribute those that belong to a part. */
export function instancesOf(
  { instances }: Part,
  attribute: Iri,
  fragments: readonly InstanceFragment[],
): readonly InstanceFragment[] {
  if (!instances) return fragments
  return fragments.filter(({ datasetId = '@none' }) => belongs(instances, attribute, datasetId))
}

/**
 * Leaves of a body what belongs to a source. `members`: type, scope and expiry go along whoever it is, since without them
 * it is no entity.
 */
export function narrowToShare(
  fragment: EntityFragment,
  share: SourceShare,
  members: boolean,
): EntityFragment {
  const narrowed = narrowFragment(fragment, share)
  return members || share.whole ? narrowed : { attributes: narrowed.attributes }
}
