import type { Iri } from '../model/iri.ts'
import type { TemporalAttributes, TemporalEntity, TemporalInstance } from '../model/temporal.ts'

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
