import { isJsonMap, type Json, type JsonMap } from './json.ts'

const DEEPEST = 20

/** Answers a record whose members are no objects: `{"place": {"lat": 1}}` has `place.lat`. Lists and geometries stay whole. */
export function flatRecord(record: Json): JsonMap {
  if (!isJsonMap(record)) return {}
  return Object.values(record).some(isBranch) ? Object.fromEntries(leavesOf(record, '', 0)) : record
}

function leavesOf(record: JsonMap, before: string, depth: number): readonly (readonly [string, Json])[] {
  return Object.entries(record).flatMap(([name, value]): readonly (readonly [string, Json])[] =>
    isBranch(value) && depth < DEEPEST
      ? leavesOf(value, `${before}${name}.`, depth + 1)
      : [[before + name, value]],
  )
}

function isBranch(value: Json): value is JsonMap {
  return isJsonMap(value) && !(typeof value.type === 'string' && Array.isArray(value.coordinates))
}
