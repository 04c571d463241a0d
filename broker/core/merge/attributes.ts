import type { AttributeFragments, Attributes, Instance, InstanceFragment } from '../model/entity.ts'
import type { Iri } from '../model/iri.ts'

/** Answers what a fragment makes of the instance with its datasetId; undefined: there is none afterwards. */
export type Apply = (
  stored: Instance | undefined,
  fragment: InstanceFragment,
  attribute: Iri,
) => Instance | undefined

/** Applies fragments instance by instance; what they do not mention stays (CIM 009 v1.9.1, 4.5.5 and 5.5.8). */
export function applyFragments(
  stored: Attributes,
  fragments: AttributeFragments | undefined,
  apply: Apply,
): Attributes {
  if (!fragments) return stored
  const next: Record<Iri, readonly Instance[]> = { ...stored }
  for (const attribute of Object.keys(fragments)) {
    const list = fragments[attribute] ?? []
    const instances = applyInstances(instancesOf(next, attribute), list, attribute, apply)
    if (instances.length > 0) next[attribute] = instances
    else delete next[attribute]
  }
  return next
}

/** Applies the fragments of one attribute: each to the instance of its datasetId, at most one default among them. */
function applyInstances(
  stored: readonly Instance[],
  fragments: readonly InstanceFragment[],
  attribute: Iri,
  apply: Apply,
): readonly Instance[] {
  const [only] = fragments
  const [before] = stored
  if (only && fragments.length === 1 && stored.length < 2 && isPlaceOf(before, only)) {
    const after = apply(before, only, attribute)
    return after ? [after] : []
  }
  const next = new Map(stored.map((instance) => [instance.datasetId, instance]))
  for (const fragment of fragments) {
    const after = apply(next.get(fragment.datasetId), fragment, attribute)
    if (after) next.set(fragment.datasetId, after)
    else next.delete(fragment.datasetId)
  }
  return [...next.values()]
}

/** Tells whether a fragment goes where an instance is, or where there is none at all. */
function isPlaceOf(instance: Instance | undefined, { datasetId }: InstanceFragment): boolean {
  return !instance || instance.datasetId === datasetId
}

/** Answers the instance of an attribute with this datasetId; undefined names the default instance. */
export function instanceOf(
  attributes: Attributes,
  attribute: Iri,
  datasetId: string | undefined,
): Instance | undefined {
  return instancesOf(attributes, attribute).find((instance) => instance.datasetId === datasetId)
}

/** Answers all instances of an attribute; none when the entity does not have it. */
export function instancesOf(attributes: Attributes, attribute: Iri): readonly Instance[] {
  return (Object.hasOwn(attributes, attribute) && attributes[attribute]) || []
}
