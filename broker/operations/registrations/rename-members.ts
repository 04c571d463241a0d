import { VALUE_MEMBER } from '../../core/model/entity.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../../core/model/json.ts'
import { READ_ONLY_MEMBERS, REGISTRATION_MEMBERS } from './registration-schema.ts'

/** Expands or compacts one name. */
export type Rename = (name: string) => string

/** Renames all that a registration names: types, attributes, its own properties (CIM 009 v1.9.1, 5.5.7). Both ways. */
export function renameMembers(members: JsonObject, rename: Rename): JsonObject {
  return Object.fromEntries(
    Object.entries(members).map(([name, value]) => {
      if (name === 'information') return [name, items(value, (info) => renameInformation(info, rename))]
      if (isOwnProperty(name)) return [rename(name), renameAttribute(value, rename)]
      return [name, value]
    }),
  )
}

/** Tells a Context Source Property from the members of the standard. */
export function isOwnProperty(name: string): boolean {
  return !REGISTRATION_MEMBERS.has(name) && !READ_ONLY_MEMBERS.has(name)
}

function renameInformation(info: JsonObject, rename: Rename): JsonObject {
  const { entities, propertyNames, relationshipNames, ...rest } = info
  return {
    ...rest,
    ...(entities !== undefined && {
      entities: items(entities, ({ type, ...entity }) => ({
        ...(type !== undefined && { type: texts(type, rename) }),
        ...entity,
      })),
    }),
    ...(propertyNames !== undefined && { propertyNames: texts(propertyNames, rename) }),
    ...(relationshipNames !== undefined && { relationshipNames: texts(relationshipNames, rename) }),
  }
}

const VALUE_MEMBERS: ReadonlySet<string> = new Set(Object.values(VALUE_MEMBER))

/** Members of an attribute that are no sub-attributes. */
const ATTRIBUTE_MEMBERS: ReadonlySet<string> = new Set([
  ...VALUE_MEMBERS,
  ...['type', '@type', 'datasetId', 'observedAt', 'unitCode', 'expiresAt', 'lang', 'ngsildproof'],
  ...['createdAt', 'modifiedAt', 'deletedAt', 'instanceId'],
])

/** Members of an attribute whose values are names. */
const NAMING_MEMBERS: ReadonlySet<string> = new Set(['vocab', 'valueType', 'objectType'])

function renameAttribute(value: JsonValue, rename: Rename): JsonValue {
  if (isJsonArray(value)) return value.map((item) => renameAttribute(item, rename))
  if (!isJsonObject(value) || !Object.keys(value).some((name) => VALUE_MEMBERS.has(name))) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      if (NAMING_MEMBERS.has(name)) return [name, texts(member, rename)]
      if (ATTRIBUTE_MEMBERS.has(name)) return [name, member]
      return [rename(name), renameAttribute(member, rename)]
    }),
  )
}

function texts(value: JsonValue, rename: Rename): JsonValue {
  if (typeof value === 'string') return rename(value)
  if (!isJsonArray(value)) return value
  return value.map((item) => (typeof item === 'string' ? rename(item) : item))
}

function items(value: JsonValue, change: (item: JsonObject) => JsonObject): JsonValue {
  if (!isJsonArray(value)) return value
  return value.map((item) => (isJsonObject(item) ? change(item) : item))
}
