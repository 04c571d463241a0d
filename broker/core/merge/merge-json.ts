import { NGSI_LD_NULL } from '../model/iri.ts'
import { isJsonObject, type JsonValue, ownValue } from '../model/json.ts'

/** Merges a patch into a JSON value at any depth; NGSI-LD Nulls take keys away (RFC 7396; 5.5.12 Merge Patch). */
export function mergeJson(target: JsonValue | undefined, patch: JsonValue): JsonValue {
  if (!isJsonObject(patch) || isLiteral(patch)) return patch
  const base = isJsonObject(target) && !isLiteral(target) ? target : {}
  const merged = new Map(Object.entries(base))
  for (const [key, value] of Object.entries(patch)) {
    if (value === NGSI_LD_NULL) merged.delete(key)
    else merged.set(key, mergeJson(ownValue(base, key), value))
  }
  return Object.fromEntries(merged)
}

/** A JSON-LD value object such as `{"@type": "@json", "@value": null}` is one value, not a set of keys. */
function isLiteral(value: JsonValue): boolean {
  return isJsonObject(value) && Object.hasOwn(value, '@value')
}
