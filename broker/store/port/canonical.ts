import type { Attributes, Entity, Instance } from '../../core/model/entity.ts'
import { compareText } from '../../core/query/compare-text.ts'

/** Writes an entity as its one canonical JSON text: fixed members first, attributes by code point. */
export function canonicalEntity(entity: Entity): string {
  const { id, types, scopes, expiresAt, createdAt, modifiedAt, attributes } = entity
  return JSON.stringify({
    id,
    types,
    scopes,
    expiresAt,
    createdAt,
    modifiedAt,
    attributes: sorted(attributes),
  })
}

/** Writes an instance as its one canonical JSON text. */
export function canonicalInstance(instance: Instance): string {
  return JSON.stringify(ordered(instance))
}

function sorted(attributes: Attributes): Attributes {
  const names = Object.keys(attributes).sort(compareText)
  return Object.fromEntries(names.map((name) => [name, attributes[name]?.map(ordered) ?? []]))
}

function ordered(instance: Instance): Instance {
  const { kind, datasetId, value, observedAt, unitCode, valueType, objectType, expiresAt } = instance
  const { createdAt, modifiedAt, attributes } = instance
  return {
    kind,
    ...(datasetId !== undefined && { datasetId }),
    value,
    ...(observedAt !== undefined && { observedAt }),
    ...(unitCode !== undefined && { unitCode }),
    ...(valueType !== undefined && { valueType }),
    ...(objectType !== undefined && { objectType }),
    ...(expiresAt !== undefined && { expiresAt }),
    createdAt,
    modifiedAt,
    ...(attributes && { attributes: sorted(attributes) }),
  }
}
