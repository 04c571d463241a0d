import type { Attributes, Entity, Instance } from '../../core/model/entity.ts'

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

/** Orders two texts by code point, as UTF-8 bytes would: `<` alone orders by UTF-16 code unit. */
export function compareCodePoints(left: string, right: string): number {
  const length = Math.min(left.length, right.length)
  for (let at = 0; at < length; at++) {
    const one = left.charCodeAt(at)
    const other = right.charCodeAt(at)
    if (one !== other) return rank(one) - rank(other)
  }
  return left.length - right.length
}

// Surrogates stand for code points above all others, yet their units lie below U+E000.
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}

function sorted(attributes: Attributes): Attributes {
  const names = Object.keys(attributes).sort(compareCodePoints)
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
