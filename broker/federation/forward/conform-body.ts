import { isAttribute } from '../../core/context/infer-kind.ts'
import { type AttributeKind, VALUE_MEMBER } from '../../core/model/entity.ts'
import { NGSI_LD_NULL } from '../../core/model/iri.ts'
import { isJsonObject, itemsOf, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import {
  ENTITY_MEMBER_SINCE,
  INSTANCE_MEMBER_SINCE,
  KIND_SINCE,
  SEVERAL_SINCE,
} from '../../core/view/conform.ts'

const BATCH = /^\/entityOperations\/(create|upsert|update|merge)$/
const ENTITY = /^(\/temporal)?\/entities(\/[^/]+)?(\/attrs)?\/?$/
const ATTRIBUTE = /^(\/temporal)?\/entities\/[^/]+\/attrs\/[^/]+(\/[^/]+)?$/

/**
 * Writes a body as an older version of the standard knows it, where it is one of entities or attributes (CIM 009 v1.9.1,
 * 4.3.6.6 and 4.3.6.8). It is normalized; its names are in any terms. Pure.
 */
export function conformBody(path: string, body: JsonValue, version: number): JsonValue {
  if (BATCH.test(path)) return itemsOf(body).map((entity) => conformEntity(entity, version))
  if (ENTITY.test(path)) return conformEntity(body, version)
  if (!ATTRIBUTE.test(path)) return body
  // by itself a part of an attribute need not be known as one
  return isJsonObject(body) ? conformInstance(body, version) : conformAttribute(body, version)
}

const MEMBERS_SINCE: Readonly<Record<string, number>> = {
  scope: ENTITY_MEMBER_SINCE.scopes,
  expiresAt: ENTITY_MEMBER_SINCE.expiresAt,
}
const NOT_ATTRIBUTES: ReadonlySet<string> = new Set(['id', '@id', '@context', 'scope', 'expiresAt'])

function conformEntity(body: JsonValue, version: number): JsonValue {
  if (!isJsonObject(body)) return body
  const members = Object.entries(body).flatMap(([name, value]) => {
    if ((MEMBERS_SINCE[name] ?? 0) > version) return []
    if (name === 'type' || name === '@type') return [[name, conformTypes(value, version)] as const]
    return [[name, NOT_ATTRIBUTES.has(name) ? value : conformAttribute(value, version)] as const]
  })
  return Object.fromEntries(members)
}

function conformTypes(types: JsonValue, version: number): JsonValue {
  return Array.isArray(types) && version < SEVERAL_SINCE ? (types[0] ?? '') : types
}

/** Bare values stay as they are. */
function conformAttribute(body: JsonValue, version: number): JsonValue {
  const instances = itemsOf(body).filter(isJsonObject)
  if (instances.length === 0 || !itemsOf(body).every(isAttribute)) return body
  const conforming = instances.map((instance) => conformInstance(instance, version))
  if (!Array.isArray(body) || version < SEVERAL_SINCE) {
    const chosen = instances.findIndex(({ datasetId }) => datasetId === undefined)
    return conforming[Math.max(chosen, 0)] ?? null
  }
  return conforming
}

function conformInstance(body: JsonObject, version: number): JsonObject {
  const members = Object.entries(body).flatMap(([name, value]) => {
    if ((INSTANCE_SINCE[name] ?? 0) > version) return []
    return [[name, OPAQUE.has(name) ? value : conformAttribute(value, version)] as const]
  })
  return reformat(Object.fromEntries(members), version)
}

const INSTANCE_SINCE: Readonly<Record<string, number>> = INSTANCE_MEMBER_SINCE
/** What an attribute is made of besides sub-attributes. */
const OPAQUE: ReadonlySet<string> = new Set([
  ...['type', '@type', ...Object.values(VALUE_MEMBER), ...Object.keys(INSTANCE_MEMBER_SINCE)],
  ...['createdAt', 'modifiedAt', 'deletedAt', 'instanceId'],
])

function reformat(instance: JsonObject, version: number): JsonObject {
  const kind = Object.keys(VALUE_MEMBER).find((name) => name === instance.type) as AttributeKind | undefined // its keys
  if (kind === undefined || (KIND_SINCE[kind] ?? 0) <= version) return instance
  const member = VALUE_MEMBER[kind]
  const { [member]: value, ...rest } = instance
  const older = kind === 'ListRelationship' ? 'Relationship' : 'Property'
  return {
    ...rest,
    type: older,
    ...(value !== undefined && {
      [VALUE_MEMBER[older]]: kind === 'ListRelationship' ? targets(value) : plain(value),
    }),
  }
}

/** A language map or list that deletes is the null of a Property (4.5.0). */
function plain(value: JsonValue): JsonValue {
  const inner = isJsonObject(value)
    ? value['@none']
    : Array.isArray(value) && value.length === 1
      ? value[0]
      : undefined
  return inner === NGSI_LD_NULL ? inner : value
}

function targets(value: JsonValue): JsonValue {
  const bare = itemsOf(value).map((item) => (isJsonObject(item) ? (item.object ?? null) : item))
  return bare.length === 1 && bare[0] === NGSI_LD_NULL ? bare[0] : bare
}
