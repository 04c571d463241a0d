import { type AttributeKind, VALUE_MEMBER } from '../model/entity.ts'
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue, ownValue } from '../model/json.ts'
import { attributeFault, type Place } from './decode-rules.ts'

/** Members that hold the values of an attribute with their times (CIM 009 v1.9.1, 4.5.9). */
export const VALUES_MEMBER = {
  Property: 'values',
  GeoProperty: 'values',
  LanguageProperty: 'languageMaps',
  VocabProperty: 'vocabs',
  JsonProperty: 'jsons',
  ListProperty: 'valueLists',
  Relationship: 'objects',
  ListRelationship: 'objectLists',
} as const satisfies Record<AttributeKind, string>

/** Kinds whose value stands under its member in a pair, as in `[{"json": …}, time]`. */
export const WRAPPED_KINDS: ReadonlySet<AttributeKind> = new Set([
  'LanguageProperty',
  'VocabProperty',
  'JsonProperty',
])

/** Writes the simplified temporal representation of an attribute (4.5.9) out as instances; others stay. @throws Problem */
export function writtenOut(body: JsonValue, place: Place): JsonValue {
  if (isJsonArray(body)) return body.some(holdsPairs) ? body.flatMap((item) => instances(item, place)) : body
  return holdsPairs(body) ? instances(body, place) : body
}

function instances(body: JsonValue, place: Place): readonly JsonValue[] {
  if (!holdsPairs(body)) return [body]
  const { type, datasetId, [VALUES_MEMBER[type]]: pairs, ...others } = body
  const [other] = Object.keys(others)
  if (other !== undefined) throw attributeFault(place, `has values with their times and the member ${other}`)
  if (!isJsonArray(pairs)) throw attributeFault(place, `has a ${VALUES_MEMBER[type]} that is not an array`)
  return pairs.map((pair) => ({
    type,
    ...valueAndTime(pair, type, place),
    ...(datasetId !== undefined && { datasetId }),
  }))
}

function valueAndTime(pair: JsonValue, kind: AttributeKind, place: Place): JsonObject {
  if (!isJsonArray(pair) || pair.length !== 2)
    throw attributeFault(place, `has a ${VALUES_MEMBER[kind]} that is not an array of [value, time]`)
  const [value = null, observedAt = null] = pair
  const member = VALUE_MEMBER[kind]
  const wrapped = WRAPPED_KINDS.has(kind) && isJsonObject(value) ? ownValue(value, member) : undefined
  return { [member]: wrapped ?? value, observedAt }
}

function holdsPairs(body: JsonValue): body is JsonObject & { readonly type: AttributeKind } {
  if (!isJsonObject(body)) return false
  const type = ownValue(body, 'type')
  return typeof type === 'string' && isKind(type) && Object.hasOwn(body, VALUES_MEMBER[type])
}

function isKind(type: string): type is AttributeKind {
  return Object.hasOwn(VALUES_MEMBER, type)
}
