import type { JsonValue } from '../../broker/core/model/json.ts'
import { isJsonObject } from '../../broker/core/model/json.ts'

/** How the scalars in a value are replaced, and the names of its members. */
export interface Replacing {
  /** What comes back undefined is left out. */
  readonly scalar: (scalar: string | number | boolean) => JsonValue | undefined
  /** Absent: names stay. */
  readonly name?: (name: string) => string
}

/** Answers a value with every scalar in it replaced. */
export function mapScalars(value: JsonValue, replacing: Replacing): JsonValue | undefined {
  const { scalar, name = (text) => text } = replacing
  if (Array.isArray(value)) {
    return value.flatMap((item: JsonValue) => {
      const changed = mapScalars(item, replacing)
      return changed === undefined ? [] : [changed]
    })
  }
  if (isJsonObject(value)) {
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, item]) => {
        const changed = mapScalars(item, replacing)
        return changed === undefined ? [] : [[name(key), changed]]
      }),
    )
  }
  return typeof value === 'object' ? value : scalar(value)
}
