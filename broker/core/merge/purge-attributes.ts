import type { Decision } from '../model/change.ts'
import type { Entity } from '../model/entity.ts'
import type { Iri } from '../model/iri.ts'
import { SCOPE } from '../model/temporal.ts'
import type { Micros } from '../model/time.ts'
import { existingEntity } from './existing-entity.ts'
import { settle, type Wanted } from './settle.ts'

/** Purge of attributes (CIM 009 v1.9.1, 5.6.21): takes away all instances of these that are there, and the scope. */
export function purgeAttributes(
  current: Entity | undefined,
  doomed: ReadonlySet<Iri>,
  now: Micros,
): Decision {
  const live = existingEntity(current, now)
  const kept = Object.entries(live.attributes).filter(([name]) => !doomed.has(name))
  const same = kept.length === Object.keys(live.attributes).length
  const { scopes, ...members } = live
  const wanted: Wanted = {
    ...members,
    ...(scopes && !doomed.has(SCOPE) && { scopes }),
    attributes: same ? live.attributes : Object.fromEntries(kept),
  }
  return settle(current ?? live, live, wanted, now)
}
