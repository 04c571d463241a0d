import { isJsonMap, type Json, textMember } from '../kit/values/json.ts'

/** Says where two JSON values are not the same, one place a text; entities are told by their ids. */
export function differences(expected: Json, actual: Json, place = ''): readonly string[] {
  if (Array.isArray(expected) && Array.isArray(actual)) return ofLists(expected, actual, place)
  if (isJsonMap(expected) && isJsonMap(actual)) {
    const names = [...new Set([...Object.keys(expected), ...Object.keys(actual)])]
    return names.flatMap((name) =>
      ofMembers(expected[name], actual[name], place === '' ? name : `${place}.${name}`),
    )
  }
  return JSON.stringify(expected) === JSON.stringify(actual)
    ? []
    : [`${place}: ${shown(expected)} is expected, ${shown(actual)} came`]
}

function ofLists(expected: readonly Json[], actual: readonly Json[], place: string): readonly string[] {
  const [left, right] = [named(expected), named(actual)]
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((name) =>
    ofMembers(left.get(name), right.get(name), `${place} ${name}`),
  )
}

function ofMembers(expected: Json | undefined, actual: Json | undefined, place: string): readonly string[] {
  if (expected === undefined)
    return actual === undefined ? [] : [`${place}: ${shown(actual)} is not expected`]
  if (actual === undefined) return [`${place}: ${shown(expected)} is expected and missing`]
  return differences(expected, actual, place)
}

/** Items by the id that they have, or by their number; several with one id by their number among them. */
function named(items: readonly Json[]): ReadonlyMap<string, Json> {
  const byName = new Map<string, Json>()
  for (const [at, item] of items.entries()) {
    const id = textMember(item, 'id') ?? `[${at}]`
    let name = id
    for (let number = 2; byName.has(name); number++) name = `${id} (${number})`
    byName.set(name, item)
  }
  return byName
}

const LONGEST = 120

function shown(value: Json): string {
  const text = JSON.stringify(value)
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`
}
