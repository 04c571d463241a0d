import type { Decision } from '../model/change.ts'
import type { Entity, InstanceFragment } from '../model/entity.ts'
import type { Iri } from '../model/iri.ts'
import type { Micros } from '../model/time.ts'
import { replaceInstance } from './build-instance.ts'
import { changeInstances } from './change-instances.ts'

/** Replace Attribute (CIM 009 v1.9.1, 5.6.19): puts new content in place of instances that exist. */
export function replaceAttribute(
  current: Entity | undefined,
  attribute: Iri,
  fragments: readonly InstanceFragment[],
  now: Micros,
): Decision {
  const replace = replaceInstance('refuse', now)
  return changeInstances(current, attribute, fragments, now, (stored, fragment) =>
    replace(stored, fragment, attribute),
  )
}
