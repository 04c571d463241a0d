import type { Decision, NotUpdated } from '../model/change.ts'
import type { Entity, EntityFragment } from '../model/entity.ts'
import { SCOPE } from '../model/temporal.ts'
import type { Micros } from '../model/time.ts'
import { applyFragments } from './attributes.ts'
import { replaceInstance } from './build-instance.ts'
import { checkSameId } from './check-same-id.ts'
import { existingEntity } from './existing-entity.ts'
import { overlay, present, union } from './members.ts'
import { settle } from './settle.ts'

/** Update Attributes (CIM 009 v1.9.1, 5.6.2): replaces or adds whole attributes; NGSI-LD Nulls delete them. */
export function updateAttributes(
  current: Entity | undefined,
  fragment: EntityFragment,
  now: Micros,
): Decision {
  const live = existingEntity(current, now, fragment.id)
  checkSameId(live, fragment)
  const attributes = applyFragments(live.attributes, fragment.attributes, replaceInstance('delete', now))
  const scopeIgnored = fragment.scopes !== undefined && live.scopes === undefined
  const wanted = {
    types: union(live.types, fragment.types),
    ...present({
      scopes: scopeIgnored ? undefined : overlay(live.scopes, fragment.scopes),
      expiresAt: overlay(live.expiresAt, fragment.expiresAt),
    }),
    attributes,
  }
  return {
    updated: updatedNames(fragment, scopeIgnored),
    notUpdated: scopeIgnored ? [SCOPE_IGNORED] : [],
    ...settle(current ?? live, live, wanted, now),
  }
}

const SCOPE_IGNORED: NotUpdated = { attribute: SCOPE, reason: 'Entity has no scope that could be updated' }

function updatedNames({ attributes, scopes }: EntityFragment, scopeIgnored: boolean) {
  const names = Object.keys(attributes)
  return scopes === undefined || scopeIgnored ? names : [...names, SCOPE]
}
