import type { Decision, NotUpdated } from '../model/change.ts'
import type { Entity, EntityFragment } from '../model/entity.ts'
import { type Iri, NGSI_LD_NULL } from '../model/iri.ts'
import { badRequestData } from '../model/problem.ts'
import { SCOPE } from '../model/temporal.ts'
import type { Micros } from '../model/time.ts'
import { type Apply, applyFragments } from './attributes.ts'
import { instanceName, replaceInstance } from './build-instance.ts'
import { checkSameId } from './check-same-id.ts'
import { existingEntity } from './existing-entity.ts'
import { overlay, union } from './members.ts'
import { settle } from './settle.ts'

/** Append Attributes (CIM 009 v1.9.1, 5.6.3): adds attributes; those that exist are replaced, or left without overwrite. */
export function appendAttributes(
  current: Entity | undefined,
  fragment: EntityFragment,
  { overwrite }: { readonly overwrite: boolean },
  now: Micros,
): Decision {
  const live = existingEntity(current, now, fragment.id)
  checkSameId(live, fragment)
  const updated = new Set<Iri>()
  const left: NotUpdated[] = []
  const append = recordingApply(replaceInstance('refuse', now), overwrite, updated, left)
  const wanted = {
    ...live,
    types: union(live.types, fragment.types),
    ...appendedScopes(live, fragment, overwrite),
    ...expiry(live, fragment),
    attributes: applyFragments(live.attributes, fragment.attributes, append),
  }
  if (fragment.scopes !== undefined) updated.add(SCOPE)
  return { updated: [...updated], notUpdated: left, ...settle(current ?? live, live, wanted, now) }
}

function recordingApply(replace: Apply, overwrite: boolean, updated: Set<Iri>, left: NotUpdated[]): Apply {
  return (stored, fragment, attribute) => {
    if (stored && !overwrite) {
      const reason = `${instanceName(attribute, fragment.datasetId)} exists and overwriting is not allowed`
      left.push({ attribute, reason })
      return stored
    }
    updated.add(attribute)
    return replace(stored, fragment, attribute)
  }
}

function appendedScopes(
  live: Entity,
  { scopes }: EntityFragment,
  overwrite: boolean,
): Pick<Entity, 'scopes'> {
  if (scopes === NGSI_LD_NULL)
    throw badRequestData('Scope is an NGSI-LD Null, which this operation does not take')
  if (scopes === undefined) return {}
  return { scopes: union(overwrite ? [] : (live.scopes ?? []), scopes) }
}

function expiry(live: Entity, fragment: EntityFragment): Pick<Entity, 'expiresAt'> {
  const expiresAt = overlay(live.expiresAt, fragment.expiresAt)
  return expiresAt === undefined ? {} : { expiresAt }
}
