import type { TermTable } from '../../core/context/term-table.ts'
import { isGeometryType } from '../../core/geo/parse-geometry.ts'
import { type Entity, VALUE_MEMBER } from '../../core/model/entity.ts'
import { isJsonObject, itemsOf, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import { Problem } from '../../core/model/problem.ts'
import { decodeAnswer } from './decode-answer.ts'

/**
 * Reads an entity out of a source's answer also where it came simplified though it was asked for as it is (4.5.4): what can
 * then be no attribute is the value of a Property. @throws Problem
 */
export function decodeOddAnswer(body: JsonObject, table: TermTable): Entity {
  try {
    return decodeAnswer(body, table)
  } catch (error) {
    if (!(error instanceof Problem) || !isSimplified(body)) throw error
    return decodeAnswer(writtenOut(body), table)
  }
}

const MEMBERS: ReadonlySet<string> = new Set(['id', '@id', 'type', '@type', 'scope', '@context'])

/** An answer is simplified as a whole or not at all. */
function isSimplified(body: JsonObject): boolean {
  return !Object.entries(body).some(
    ([name, value]) => !MEMBERS.has(name) && itemsOf(value).some(isNormalized),
  )
}

function isNormalized(value: JsonValue): boolean {
  return isJsonObject(value) && typeof value.type === 'string' && Object.hasOwn(VALUE_MEMBER, value.type)
}

/** An object with a type of its own is taken for an attribute, if nothing says that it is a value. */
function writtenOut(body: JsonObject): JsonObject {
  const members = Object.entries(body).map(([name, value]) => [
    name,
    !MEMBERS.has(name) && isTyped(value) ? { type: 'Property', value } : value,
  ])
  return Object.fromEntries(members)
}

function isTyped(value: JsonValue): boolean {
  return isJsonObject(value) && value.type !== undefined && !isGeometryType(value.type)
}
