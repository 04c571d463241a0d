import { decodeEntity } from '../../core/context/decode-entity.ts'
import { parseSystemTime } from '../../core/context/parse-system-time.ts'
import type { TermTable } from '../../core/context/term-table.ts'
import type {
  AttributeFragments,
  Attributes,
  Entity,
  Instance,
  InstanceFragment,
} from '../../core/model/entity.ts'
import { type Iri, isIri } from '../../core/model/iri.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import { badRequestData } from '../../core/model/problem.ts'
import type { Micros } from '../../core/model/time.ts'

const RULES = { nulls: 'forbidden', requireId: true, requireType: true, systemTimes: true } as const

/**
 * Reads an entity out of a source's answer; what is no NGSI-LD is refused. A source that knows no system times gives
 * its data the oldest there is, so that it never replaces data whose age is known. @throws Problem
 */
export function decodeAnswer(body: JsonValue, table: TermTable): Entity {
  if (!isJsonObject(body)) throw badRequestData('Entity of a source is no JSON object')
  const { id, types, scopes, expiresAt, attributes } = decodeEntity(body, table, RULES)
  if (id === undefined || !isIri(id) || !types) throw badRequestData('Entity of a source lacks id or type')
  const times = timesOf(body)
  return {
    id,
    types,
    ...(scopes && typeof scopes !== 'string' && { scopes }),
    ...(typeof expiresAt === 'number' && { expiresAt }),
    ...times,
    attributes: complete(attributes, times),
  }
}

/** When something was made and last changed. */
export interface Times {
  readonly createdAt: Micros
  readonly modifiedAt: Micros
}

/** Reads the system times of an entity of an answer; without any it is the oldest there is. */
export function timesOf({ createdAt, modifiedAt }: JsonObject): Times {
  const created = parseSystemTime(createdAt)
  const modified = parseSystemTime(modifiedAt)
  return { createdAt: created ?? modified ?? 0, modifiedAt: modified ?? created ?? 0 }
}

/** Gives each instance the times that it lacks: those of what is around it. */
function complete(fragments: AttributeFragments, around: Times): Attributes {
  const attributes: Record<Iri, readonly Instance[]> = {}
  for (const name in fragments) {
    attributes[name] = (fragments[name] ?? []).map((fragment) => completeInstance(name, fragment, around))
  }
  return attributes
}

/** Makes an instance of what an answer holds; it lacks no times. @throws Problem where it has no value */
export function completeInstance(name: Iri, fragment: InstanceFragment, around: Times): Instance {
  const { kind, value, attributes } = fragment
  if (kind === undefined || value === undefined)
    throw badRequestData(`Attribute ${name} of a source has no value`)
  const createdAt = fragment.createdAt ?? fragment.modifiedAt ?? around.createdAt
  const modifiedAt = fragment.modifiedAt ?? fragment.createdAt ?? around.modifiedAt
  const told = { ...fragment, kind, value, createdAt, modifiedAt } as Instance // nulls are forbidden, forms with values only
  return attributes ? { ...told, attributes: complete(attributes, { createdAt, modifiedAt }) } : told
}
