import type { Decision } from '../model/change.ts'
import type { AttributeKind, Entity, Instance } from '../model/entity.ts'
import type { Iri } from '../model/iri.ts'
import type { JsonValue } from '../model/json.ts'
import type { Micros } from '../model/time.ts'
import { changeInstances } from './change-instances.ts'

/** A new value for one instance of an attribute. */
export interface ValueSetting {
  readonly attribute: Iri
  /** Absent: the default instance. */
  readonly datasetId?: string
  /** When the value was observed; absent: nobody knows. */
  readonly observedAt?: Micros
  /** Reads the value as one of the kind that the instance has. @throws Problem BadRequestData */
  readonly valueAs: (kind: AttributeKind) => JsonValue
}

/**
 * Set Attribute Value (TS 104 175, 10.2.6): puts a value in place of the one of an instance that exists. Its kind and
 * sub-attributes stay; the time of the old observation does not.
 */
export function setAttributeValue(
  current: Entity | undefined,
  { attribute, datasetId, observedAt, valueAs }: ValueSetting,
  now: Micros,
): Decision {
  const target = datasetId === undefined ? {} : { datasetId }
  return changeInstances(current, attribute, [target], now, (stored) => {
    const { observedAt: _, ...kept } = stored
    const next: Instance = { ...kept, value: valueAs(stored.kind) }
    return observedAt === undefined ? next : { ...next, observedAt }
  })
}
