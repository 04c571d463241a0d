import { decodeEntity } from '../../core/context/decode-entity.ts'
import type { TermTable } from '../../core/context/term-table.ts'
import type {
  AttributeFragments,
  Attributes,
  Entity,
  Instance,
  InstanceFragment,
  OrNull,
} from '../../core/model/entity.ts'
import { type Iri, isIri } from '../../core/model/iri.ts'
import { isJsonObject, itemsOf, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import { badRequestData } from '../../core/model/problem.ts'
import { type Micros, parseDateTime } from '../../core/model/time.ts'

/**
 * Reads an entity out of a source's answer; what is no NGSI-LD is refused. A source that knows no system times gives
 * its data the oldest there is, so that it never replaces data whose age is known. @throws Problem
 */
export function decodeAnswer(body: JsonValue, table: TermTable): Entity {
  if (!isJsonObject(body)) throw badRequestData('Entity of a source is no JSON object')
  const fragment = decodeEntity(body, table, { nulls: 'forbidden', requireId: true, requireType: true })
  const { id, types } = fragment
  if (id === undefined || !isIri(id) || !types) throw badRequestData('Entity of a source lacks id or type')
  const times = timesOf(body, { createdAt: 0, modifiedAt: 0 })
  const expiresAt = instant(fragment.expiresAt)
  return {
    id,
    types,
    ...(fragment.scopes && typeof fragment.scopes !== 'string' && { scopes: fragment.scopes }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...times,
    attributes: readAttributes(fragment.attributes, { raw: body, table, times }),
  }
}

interface Times {
  readonly createdAt: Micros
  readonly modifiedAt: Micros
}

/** Where a fragment came from, and the times of what is around it. */
interface Origin {
  readonly raw: JsonObject
  readonly table: TermTable
  readonly times: Times
}

function readAttributes(fragments: AttributeFragments, { raw, table, times }: Origin): Attributes {
  const bodies = new Map<Iri | undefined, JsonValue>(
    Object.entries(raw).map(([name, value]) => [expandOrNothing(name, table), value]),
  )
  return Object.fromEntries(
    Object.entries(fragments).map(([name, instances]) => [
      name,
      instances.map((fragment) =>
        readInstance(name, fragment, { raw: bodyOf(fragment, bodies.get(name)), table, times }),
      ),
    ]),
  )
}

/** Keywords and their aliases, such as `type`, are no names of attributes. */
function expandOrNothing(name: string, table: TermTable): Iri | undefined {
  try {
    return table.expand(name)
  } catch {
    return undefined
  }
}

/** Finds the JSON of an instance by its datasetId; a bare value has none. */
function bodyOf({ datasetId }: InstanceFragment, body: JsonValue | undefined): JsonObject {
  const found = itemsOf(body).find((item) => isJsonObject(item) && datasetOf(item) === datasetId)
  return isJsonObject(found) ? found : {}
}

function datasetOf({ datasetId }: JsonObject): JsonValue | undefined {
  return datasetId === '@none' ? undefined : datasetId
}

function readInstance(name: Iri, fragment: InstanceFragment, origin: Origin): Instance {
  const { kind, value, attributes, observedAt, expiresAt, simplified: _, ...rest } = fragment
  if (kind === undefined || value === undefined)
    throw badRequestData(`Attribute ${name} of a source has no value`)
  const times = timesOf(origin.raw, origin.times)
  const observed = instant(observedAt)
  const expires = instant(expiresAt)
  return {
    ...rest,
    kind,
    value,
    ...(observed !== undefined && { observedAt: observed }),
    ...(expires !== undefined && { expiresAt: expires }),
    ...times,
    ...(attributes && { attributes: readAttributes(attributes, { ...origin, times }) }),
  }
}

function instant(time: OrNull<Micros> | undefined): Micros | undefined {
  return typeof time === 'number' ? time : undefined
}

function timesOf({ createdAt, modifiedAt }: JsonObject, around: Times): Times {
  const created = readTime(createdAt)
  const modified = readTime(modifiedAt)
  return {
    createdAt: created ?? modified ?? around.createdAt,
    modifiedAt: modified ?? created ?? around.modifiedAt,
  }
}

/** System times come bare or as a typed value. */
function readTime(value: JsonValue | undefined): Micros | undefined {
  const text = isJsonObject(value) ? value['@value'] : value
  return typeof text === 'string' ? parseDateTime(text) : undefined
}
