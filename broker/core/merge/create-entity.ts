import type { Decision } from '../model/change.ts'
import type { Entity, EntityFragment } from '../model/entity.ts'
import { badRequestData, Problem } from '../model/problem.ts'
import type { Micros } from '../model/time.ts'
import { atTime } from './at-time.ts'
import { createAttributes } from './build-instance.ts'
import { isNull, present, union } from './members.ts'
import { entityOf, type Wanted, wholeChange } from './settle.ts'

/** Create Entity (CIM 009 v1.9.1, 5.6.1): makes an entity where there is none. @throws Problem AlreadyExists */
export function createEntity(current: Entity | undefined, fragment: EntityFragment, now: Micros): Decision {
  if (current && atTime(current, now))
    throw new Problem('AlreadyExists', `Entity ${current.id} already exists`)
  const id = fragment.id ?? current?.id
  if (id === undefined) throw badRequestData('Entity has no id')
  if (!fragment.types?.length) throw badRequestData(`Entity ${id} has no type`)
  const wanted = wholeEntity(fragment, fragment.types, now)
  const next = entityOf({ id, createdAt: now }, wanted, wanted.attributes, now)
  return {
    next,
    change: wholeChange('created', next, now),
    updated: Object.keys(next.attributes),
    notUpdated: [],
  }
}

/** Reads a fragment as a whole entity, without anything that was there before. @throws Problem BadRequestData on nulls */
export function wholeEntity(fragment: EntityFragment, types: Entity['types'], now: Micros): Wanted {
  const { scopes, expiresAt } = fragment
  if (isNull(scopes)) throw badRequestData('Scope is an NGSI-LD Null, which this operation does not take')
  if (isNull(expiresAt))
    throw badRequestData('Member expiresAt is an NGSI-LD Null, which this operation does not take')
  const attributes = createAttributes(fragment.attributes, now)
  return {
    types: union([], types),
    ...present({ scopes: scopes && union([], scopes), expiresAt }),
    attributes,
  }
}
