import type { AttributeKind } from '../../../broker/core/model/entity.ts'
import type { JsonValue } from '../../../broker/core/model/json.ts'
import {
  type TemporalAttributes,
  type TemporalEntity,
  type TemporalInstance,
  type TimeWindow,
  timeOf,
} from '../../../broker/core/model/temporal.ts'
import { type Micros, parseDateTime } from '../../../broker/core/model/time.ts'
import { keepInstances } from '../../../broker/core/temporal/keep-instances.ts'
import { nullOf } from '../../../broker/core/view/told.ts'
import { tableOf } from '../context/terms.ts'

export const table = tableOf()
export const NOW: Micros = at('2026-11-26T00:00:00Z')

/** Answers the instant of a DateTime. */
export function at(text: string): Micros {
  return parseDateTime(text) ?? Number.NaN
}

/** An evolution with attributes by their short names. */
export function evolution(
  attributes: Readonly<Record<string, readonly TemporalInstance[]>>,
  more: Partial<TemporalEntity> = {},
): TemporalEntity {
  const expanded: TemporalAttributes = Object.fromEntries(
    Object.entries(attributes).map(([name, instances]) => [table.expand(name), instances]),
  )
  return {
    id: 'urn:ngsi-ld:Vehicle:1',
    types: [table.expand('Vehicle')],
    createdAt: NOW,
    modifiedAt: NOW,
    attributes: expanded,
    ...more,
  }
}

/** An instance; a Property unless told otherwise. */
export function instance(
  value: JsonValue,
  observedAt: string | undefined,
  more: Partial<TemporalInstance> = {},
): TemporalInstance {
  return {
    kind: 'Property',
    value,
    ...(observedAt !== undefined && { observedAt: at(observedAt) }),
    createdAt: NOW,
    modifiedAt: NOW,
    instanceId: `urn:ngsi-ld:Instance:${observedAt}`,
    ...more,
  }
}

/** What is recorded of the deletion of an attribute. */
export function deletion(kind: AttributeKind, deletedAt: string): TemporalInstance {
  return instance(nullOf(kind), undefined, { kind, modifiedAt: at(deletedAt), deletedAt: at(deletedAt) })
}

/** What a store answers of an evolution: its instances within a window (4.11), attributes that have none left out. */
export function atHand(entity: TemporalEntity, window: TimeWindow | undefined): TemporalEntity {
  return keepInstances(entity, (instance) => {
    const time = timeOf(instance, window?.property)
    return time !== undefined && time >= (window?.from ?? time) && time < (window?.to ?? time + 1)
  })
}
