import type { Decision } from '../model/change.ts'
import type { Entity, Instance, InstanceFragment } from '../model/entity.ts'
import type { Iri } from '../model/iri.ts'
import { badRequestData, Problem } from '../model/problem.ts'
import { SCOPE } from '../model/temporal.ts'
import type { Micros } from '../model/time.ts'
import { applyFragments } from './attributes.ts'
import { instanceName } from './build-instance.ts'
import { existingEntity } from './existing-entity.ts'
import { settle } from './settle.ts'

/** Changes instances of one attribute that must all exist. @throws Problem ResourceNotFound, BadRequestData for scope */
export function changeInstances(
  current: Entity | undefined,
  attribute: Iri,
  fragments: readonly InstanceFragment[],
  now: Micros,
  apply: (stored: Instance, fragment: InstanceFragment) => Instance | undefined,
): Decision {
  if (attribute === SCOPE || attribute === 'scope')
    throw badRequestData('Scope is not an attribute that can be changed on its own')
  const live = existingEntity(current, now)
  if (fragments.length === 0) throw badRequestData(`Attribute ${attribute} is given without an instance`)
  const attributes = applyFragments(live.attributes, { [attribute]: fragments }, (stored, fragment) => {
    if (!stored) throw instanceNotFound(live.id, attribute, fragment.datasetId)
    return apply(stored, fragment)
  })
  const decision = settle(current ?? live, live, { ...live, attributes }, now)
  return { updated: [attribute], notUpdated: [], ...decision }
}

/** Answers the problem of an attribute instance that an entity does not have. */
export function instanceNotFound(id: string, attribute: Iri, datasetId: string | undefined): Problem {
  return new Problem(
    'ResourceNotFound',
    `${instanceName(attribute, datasetId)} does not exist in entity ${id}`,
  )
}
