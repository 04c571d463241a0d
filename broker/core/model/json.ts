/** Any JSON value, read-only: inside the hub nothing is changed in place. */
export type JsonValue = null | boolean | number | string | readonly JsonValue[] | JsonObject

/** A JSON object. Its keys are data: read them with `Object.hasOwn`, copy them with a spread or `Object.fromEntries`. */
export interface JsonObject {
  readonly [key: string]: JsonValue
}

/** Tells whether a JSON value is an object (not null, not an array). */
export function isJsonObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Tells whether a JSON value is an array; `Array.isArray` does not narrow readonly arrays. */
export function isJsonArray(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value)
}

/** Answers the items of a value that may stand alone or in an array; none of a missing one. */
export function itemsOf(value: JsonValue | undefined): readonly JsonValue[] {
  if (value === undefined) return []
  return isJsonArray(value) ? value : [value]
}

/** Answers the value of an own key, or undefined: never what the prototype holds. */
export function ownValue(object: JsonObject, key: string): JsonValue | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined
}

/** Answers what a JSON-LD typed value such as `{"@type": "DateTime", "@value": "…"}` holds; any other value itself. */
export function unwrapped(value: JsonValue): JsonValue {
  if (!isJsonObject(value) || !Object.hasOwn(value, '@type')) return value
  return ownValue(value, '@value') ?? value
}

/** Tells whether two JSON values are equal, whatever the order of their keys. */
export function jsonEqual(left: JsonValue | undefined, right: JsonValue | undefined): boolean {
  if (left === right) return true
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((item, at) => jsonEqual(item, right[at]))
  }
  if (!isJsonObject(left) || !isJsonObject(right)) return false
  const keys = Object.keys(left)
  return (
    keys.length === Object.keys(right).length &&
    keys.every((key) => Object.hasOwn(right, key) && jsonEqual(left[key], right[key]))
  )
}

/** Writes JSON in the one form that RFC 8785 knows: members by UTF-16 code units, no blanks. */
export function canonicalJson(value: JsonValue): string {
  if (isJsonArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (!isJsonObject(value)) return JSON.stringify(value)
  const members = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1))
  return `{${members.map(([name, item]) => `${JSON.stringify(name)}:${canonicalJson(item)}`).join(',')}}`
}
