import type { OrNull } from '../model/entity.ts'
import { NGSI_LD_NULL } from '../model/iri.ts'

/** Adds what is not there yet, in order, each once: types can only be added (CIM 009 v1.9.1, 4.16 and 5.5.8). */
export function union(current: readonly string[], added: readonly string[] = []): readonly string[] {
  if (current.length === 0 && added.length === 1) return added
  return added.every((item) => current.includes(item)) ? current : [...new Set([...current, ...added])]
}

/** Tells whether two unordered lists hold the same texts. */
export function sameSet(left: readonly string[] = [], right: readonly string[] = []): boolean {
  return left.length === right.length && left.every((item) => right.includes(item))
}

/** Answers a member after an overlay: kept when not given, gone when given as NGSI-LD Null. */
export function overlay<T>(stored: T | undefined, given: OrNull<T> | undefined): T | undefined {
  if (given === undefined) return stored
  return isNull(given) ? undefined : given
}

/** Tells an NGSI-LD Null from a value (CIM 009 v1.9.1, 4.5.0). */
export function isNull(value: unknown): value is typeof NGSI_LD_NULL {
  return value === NGSI_LD_NULL
}

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** Leaves out the members that are undefined: an absent member is absent in the text that is kept. */
export function present<T extends object>(members: T): Present<T> {
  const found: { [K in keyof T]?: T[K] } = {}
  for (const name in members) if (members[name] !== undefined) found[name] = members[name]
  return found as Present<T> // the same members without the undefined ones
}
