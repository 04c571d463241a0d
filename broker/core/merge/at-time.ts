import type { Attributes, Entity, Instance } from '../model/entity.ts'
import type { Micros } from '../model/time.ts'
import { earliestExpiry } from './valid-until.ts'

/** Answers what is left of an entity once everything expired is gone (CIM 009 v1.9.1, 4.22 Transient storage). */
export function atTime(entity: Entity, now: Micros): Entity | undefined {
  if (isExpired(entity, now)) return undefined
  const attributes = liveAttributes(entity.attributes, now)
  return attributes === entity.attributes ? entity : { ...entity, attributes }
}

function isExpired(thing: { readonly expiresAt?: Micros }, now: Micros): boolean {
  return thing.expiresAt !== undefined && thing.expiresAt <= now
}

function liveAttributes(attributes: Attributes, now: Micros): Attributes {
  if (earliestExpiry(attributes) > now) return attributes
  const entries = Object.entries(attributes).map(
    ([name, instances]) => [name, liveInstances(instances, now)] as const,
  )
  return Object.fromEntries(entries.filter(([, instances]) => instances.length > 0))
}

function liveInstances(instances: readonly Instance[], now: Micros): readonly Instance[] {
  return instances
    .filter((instance) => !isExpired(instance, now))
    .map((instance) => liveInstance(instance, now))
}

function liveInstance(instance: Instance, now: Micros): Instance {
  if (!instance.attributes) return instance
  const live = liveAttributes(instance.attributes, now)
  if (live === instance.attributes) return instance
  const { attributes, ...rest } = instance
  return Object.keys(live).length > 0 ? { ...rest, attributes: live } : rest
}
