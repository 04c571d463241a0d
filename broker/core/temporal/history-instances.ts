import { buildInstance, createAttributes } from '../merge/build-instance.ts'
import { isNull } from '../merge/members.ts'
import type { AttributeFragments, Instance, InstanceFragment } from '../model/entity.ts'
import type { Iri } from '../model/iri.ts'
import { badRequestData } from '../model/problem.ts'
import type { Micros } from '../model/time.ts'
import { nullOf } from '../view/told.ts'

/** An instance for the history of an attribute. */
export interface HistoricInstance {
  readonly attribute: Iri
  readonly instance: Instance
}

/** Makes the instances that a body gives for history (CIM 009 v1.9.1, 5.6.11, 5.6.12). @throws Problem BadRequestData */
export function historyInstances(attributes: AttributeFragments, now: Micros): readonly HistoricInstance[] {
  return Object.entries(attributes).flatMap(([attribute, fragments]) =>
    fragments.map((fragment) => ({ attribute, instance: historyInstance(fragment, attribute, now) })),
  )
}

/** Makes one instance for history (5.6.14); of a deletion its value is the Null of its kind. @throws Problem BadRequestData */
export function historyInstance(fragment: InstanceFragment, attribute: Iri, now: Micros): Instance {
  const { kind, value } = fragment
  if (kind === undefined || value === undefined) throw badRequestData(`Attribute ${attribute} has no value`)
  return buildInstance(
    fragment,
    {
      kind,
      value: isNull(value) ? nullOf(kind) : value,
      attributes: createAttributes(fragment.attributes ?? {}, now),
    },
    now,
  )
}
