import type { Decision } from '../model/change.ts'
import type { Entity, Instance, InstanceFragment } from '../model/entity.ts'
import type { Iri } from '../model/iri.ts'
import { badRequestData } from '../model/problem.ts'
import type { Micros } from '../model/time.ts'
import { applyFragments } from './attributes.ts'
import { buildInstance, instanceName, replaceInstance } from './build-instance.ts'
import { changeInstances } from './change-instances.ts'
import { checkMembers } from './check-members.ts'
import { isNull } from './members.ts'
import { readFragment } from './simplified-value.ts'

/** Partial Attribute Update (CIM 009 v1.9.1, 5.6.4): overwrites the given members of instances that exist; a null value deletes. */
export function partialUpdateAttribute(
  current: Entity | undefined,
  attribute: Iri,
  fragments: readonly InstanceFragment[],
  now: Micros,
): Decision {
  return changeInstances(current, attribute, fragments, now, (stored, fragment) =>
    partialInstance(stored, readFragment(fragment, attribute, stored.kind), attribute, now),
  )
}

function partialInstance(
  stored: Instance,
  fragment: InstanceFragment,
  attribute: Iri,
  now: Micros,
): Instance | undefined {
  const { kind = stored.kind, value = stored.value } = fragment
  const name = instanceName(attribute, fragment.datasetId)
  if (kind !== stored.kind) throw badRequestData(`${name} is a ${stored.kind} and cannot become a ${kind}`)
  if (isNull(value)) return undefined
  checkMembers(fragment, kind, name)
  const attributes = applyFragments(
    stored.attributes ?? {},
    fragment.attributes,
    replaceInstance('delete', now),
  )
  return buildInstance(fragment, { kind, value, attributes, base: stored }, now)
}
