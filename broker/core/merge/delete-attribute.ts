import type { Decision } from '../model/change.ts'
import type { Attributes, Entity } from '../model/entity.ts'
import type { Iri } from '../model/iri.ts'
import { Problem } from '../model/problem.ts'
import { SCOPE } from '../model/temporal.ts'
import type { Micros } from '../model/time.ts'
import { instanceOf, instancesOf } from './attributes.ts'
import { instanceNotFound } from './change-instances.ts'
import { existingEntity } from './existing-entity.ts'
import { settle, type Wanted } from './settle.ts'

/** Which instances to delete; without either, the default one. */
export interface WhichInstances {
  readonly datasetId?: string
  readonly deleteAll?: boolean
}

/** Delete Attribute (CIM 009 v1.9.1, 5.6.5): takes away the scope, one instance, or all of them. */
export function deleteAttribute(
  current: Entity | undefined,
  attribute: Iri | 'scope',
  which: WhichInstances,
  now: Micros,
): Decision {
  const live = existingEntity(current, now)
  const scope = attribute === 'scope' || attribute === SCOPE
  const wanted = scope ? withoutScope(live) : { ...live, attributes: without(live, attribute, which) }
  const decision = settle(current ?? live, live, wanted, now)
  return { ...decision, updated: [scope ? SCOPE : attribute], notUpdated: [] }
}

function withoutScope({ id, scopes, ...rest }: Entity): Wanted {
  if (!scopes) throw new Problem('ResourceNotFound', `Scope does not exist in entity ${id}`)
  return rest
}

function without(
  { id, attributes }: Entity,
  attribute: Iri,
  { datasetId, deleteAll }: WhichInstances,
): Attributes {
  const doomed = datasetId === '@none' ? undefined : datasetId
  const found = deleteAll ? instancesOf(attributes, attribute)[0] : instanceOf(attributes, attribute, doomed)
  if (!found) throw instanceNotFound(id, attribute, deleteAll ? undefined : doomed)
  const { [attribute]: instances = [], ...others } = attributes
  const left = deleteAll ? [] : instances.filter((instance) => instance !== found)
  return left.length === 0 ? others : { ...attributes, [attribute]: left }
}
