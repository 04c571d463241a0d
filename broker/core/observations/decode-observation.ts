import { type DecodeRules, decodeEntity } from '../context/decode-entity.ts'
import type { TermTable } from '../context/term-table.ts'
import { isNull } from '../merge/members.ts'
import type { AttributeFragments } from '../model/entity.ts'
import { isJsonObject, type JsonValue } from '../model/json.ts'
import { badRequestData, invalidRequest } from '../model/problem.ts'
import { type Micros, parseDateTime } from '../model/time.ts'
import { historyInstances } from '../temporal/history-instances.ts'
import type { Observation } from './observation.ts'

const RULES: DecodeRules = { nulls: 'forbidden', history: true, requireId: true, requireType: true }

/**
 * Decodes what a line tells: an EntityTemporal (CIM 009 v1.9.1, 5.2.20), whose own observedAt is the time of all instances
 * that have none. What has no time would be another instance with each import. @throws Problem
 */
export function decodeObservation(line: JsonValue, table: TermTable, now: Micros): Observation {
  if (!isJsonObject(line)) throw invalidRequest('Line is not a JSON object')
  if (Object.hasOwn(line, '@context'))
    throw badRequestData('Line has an @context, which belongs into the Link header of the request')
  const { observedAt, ...body } = line
  const time = observedAt === undefined ? undefined : instantOf(observedAt)
  const { id = '', types = [], scopes, attributes } = decodeEntity(body, table, RULES)
  const instances = historyInstances(time === undefined ? attributes : observed(attributes, time), now)
  const timeless = instances.find(({ instance }) => instance.observedAt === undefined)
  if (timeless) throw badRequestData(`Attribute ${timeless.attribute} has no observedAt`)
  return { id, types, ...(scopes && !isNull(scopes) && { scopes }), instances }
}

function instantOf(value: JsonValue): Micros {
  const instant = typeof value === 'string' ? parseDateTime(value) : undefined
  if (instant !== undefined) return instant
  throw badRequestData('Line has an observedAt that is not a DateTime such as 2026-01-31T08:00:00Z')
}

function observed(attributes: AttributeFragments, observedAt: Micros): AttributeFragments {
  const named = Object.entries(attributes).map(([name, instances]) => [
    name,
    instances.map((instance) => (instance.observedAt === undefined ? { ...instance, observedAt } : instance)),
  ])
  return Object.fromEntries(named)
}
