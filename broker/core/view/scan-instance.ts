import type { Instance } from '../model/entity.ts'
import { isJsonObject, type JsonValue } from '../model/json.ts'

const FREE_TEXT: ReadonlySet<Instance['kind']> = new Set([
  'Property',
  'LanguageProperty',
  'JsonProperty',
  'ListProperty',
])

/** Applies a scan to every text inside the value of an instance; URIs and vocabularies are no free text. */
export function scanInstance(instance: Instance, scan: (text: string) => string): Instance {
  if (!FREE_TEXT.has(instance.kind)) return instance
  const value = scanValue(instance.value, scan)
  return value === instance.value ? instance : { ...instance, value }
}

function scanValue(value: JsonValue, scan: (text: string) => string): JsonValue {
  if (typeof value === 'string') return scan(value)
  if (Array.isArray(value)) {
    const items: readonly JsonValue[] = value.map((item) => scanValue(item, scan))
    return items.every((item, at) => item === value[at]) ? value : items
  }
  if (!isJsonObject(value)) return value
  const entries = Object.entries(value).map(([key, item]) => [key, scanValue(item, scan)] as const)
  return entries.every(([key, item]) => item === value[key]) ? value : Object.fromEntries(entries)
}
