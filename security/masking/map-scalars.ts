import type { JsonValue } from '../../broker/core/model/json.ts'
import { isJsonObject } from '../../broker/core/model/json.ts'

/** Answers a value with every scalar in it replaced; what comes back undefined is left out. */
export function mapScalars(
  value: JsonValue,
  change: (scalar: string | number | boolean) => JsonValue | undefined,
): JsonValue | undefined {
  if (Array.isArray(value)) {
    return value.flatMap((item: JsonValue) => {
      const changed = mapScalars(item, change)
      return changed === undefined ? [] : [changed]
    })
  }
  if (isJsonObject(value)) {
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, item]) => {
        const changed = mapScalars(item, change)
        return changed === undefined ? [] : [[key, changed]]
      }),
    )
  }
  return typeof value === 'object' ? value : change(value)
}
