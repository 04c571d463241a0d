import type { Iri } from '../model/iri.ts'
import {
  type TemporalAttributes,
  type TemporalEntity,
  type TemporalInstance,
  type TimeWindow,
  timeOf,
} from '../model/temporal.ts'

/** Answers an evolution with its instances within a window, and without attributes that have none (CIM 009 v1.9.1, 4.11). */
export function inWindow(entity: TemporalEntity, window: TimeWindow | undefined): TemporalEntity {
  return keepInstances(entity, (instance) => !window || isWithin(instance, window))
}

/** Tells whether an instance is within a window: `from` included, `to` not; without the property of it never. */
function isWithin(instance: TemporalInstance, { property, from, to }: TimeWindow): boolean {
  const at = timeOf(instance, property)
  return at !== undefined && (from === undefined || at >= from) && (to === undefined || at < to)
}

/** Answers an evolution with those of its instances that pass a test, and without attributes that have none. */
export function keepInstances(
  entity: TemporalEntity,
  isKept: (instance: TemporalInstance, attribute: Iri) => boolean,
): TemporalEntity {
  const attributes: Record<Iri, readonly TemporalInstance[]> = {}
  for (const name in entity.attributes) {
    const kept = (entity.attributes[name] ?? []).filter((instance) => isKept(instance, name))
    if (kept.length > 0) attributes[name] = kept
  }
  return withAttributes(entity, attributes)
}

/** Answers an evolution with other instances. */
export function withAttributes(entity: TemporalEntity, attributes: TemporalAttributes): TemporalEntity {
  return { ...entity, attributes }
}
