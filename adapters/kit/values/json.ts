/** Any JSON value; adapters build entities from it and never change it in place. */
export type Json = null | boolean | number | string | readonly Json[] | JsonMap

/** A JSON object. Read its keys with `member`: what the prototype holds is never data. */
export interface JsonMap {
  readonly [key: string]: Json
}

/** Tells whether a JSON value is an object (not null, not an array). */
export function isJsonMap(value: unknown): value is JsonMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Answers an own member of an object, or undefined for anything else. */
export function member(value: Json | undefined, key: string): Json | undefined {
  return isJsonMap(value) && Object.hasOwn(value, key) ? value[key] : undefined
}

/** Answers an own member that is a text which is not blank, or undefined. */
export function textMember(value: Json | undefined, key: string): string | undefined {
  const found = member(value, key)
  return typeof found === 'string' && found.trim() !== '' ? found.trim() : undefined
}

/** Answers an object with only those of its members that are there. */
export function defined<T extends object>(all: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  const there = Object.entries(all).filter(([, value]) => value !== undefined)
  return Object.fromEntries(there) as { [Name in keyof T]?: Exclude<T[Name], undefined> } // only what is undefined was left out
}

/** Writes a JSON value with sorted keys: equal values have equal texts. */
export function canonical(value: Json | undefined): string {
  if (Array.isArray(value)) return `[${value.map((item: Json) => canonical(item)).join(',')}]`
  if (!isJsonMap(value)) return JSON.stringify(value ?? null)
  const members = Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`)
  return `{${members.join(',')}}`
}
