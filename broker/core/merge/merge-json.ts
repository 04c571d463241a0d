import { NGSI_LD_NULL } from '../model/iri.ts'
import { isJsonObject, type JsonObject, type JsonValue, ownValue } from '../model/json.ts'

/** Whether `@value` marks a JSON-LD value object, which is one value, not a set of keys; not so in raw JSON. */
type Literals = 'literals' | 'raw'

/** Merges a patch into a JSON value at any depth; NGSI-LD Nulls take keys away (RFC 7396; 5.5.12 Merge Patch). */
export function mergeJson(target: JsonValue | undefined, patch: JsonValue, literals: Literals): JsonValue {
  if (!isJsonObject(patch) || isLiteral(patch, literals)) return patch
  const base = isJsonObject(target) && !isLiteral(target, literals) ? target : {}
  const merged = new Map(Object.entries(base))
  for (const [key, value] of Object.entries(patch)) {
    if (value === NGSI_LD_NULL) merged.delete(key)
    else merged.set(key, mergeJson(ownValue(base, key), value, literals))
  }
  return Object.fromEntries(merged)
}

function isLiteral(value: JsonObject, literals: Literals): boolean {
  return literals === 'literals' && Object.hasOwn(value, '@value')
}
