import type { Decision } from '../model/change.ts'
import type { Entity, Instance } from '../model/entity.ts'
import type { Iri } from '../model/iri.ts'
import type { Micros } from '../model/time.ts'
import { atTime } from './at-time.ts'
import { settle } from './settle.ts'

/** Takes those instances away that are doomed, and leaves the rest of an entity as it is; nothing where it is not there. */
export function purgeInstances(
  current: Entity | undefined,
  isDoomed: (name: Iri, instance: Instance) => boolean,
  now: Micros,
): Decision {
  const live = current && atTime(current, now)
  if (!current || !live) return {}
  const left = Object.entries(live.attributes).map(
    ([name, instances]) => [name, instances.filter((instance) => !isDoomed(name, instance))] as const,
  )
  const same = left.every(([name, kept]) => kept.length === live.attributes[name]?.length)
  if (same) return {}
  const attributes = Object.fromEntries(left.filter(([, kept]) => kept.length > 0))
  return settle(current, live, { ...live, attributes }, now)
}
