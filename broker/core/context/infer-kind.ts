import { isGeometryType, namesGeometry } from '../geo/parse-geometry.ts'
import { type AttributeKind, VALUE_MEMBER } from '../model/entity.ts'
import { NGSI_LD } from '../model/iri.ts'
import { isJsonObject, type JsonObject, type JsonValue, ownValue } from '../model/json.ts'
import { attributeFault, type Decoding, type Place } from './decode-rules.ts'

/** How one instance is written: a value by itself, or an object with the members of an attribute. */
export type Shape =
  | { readonly form: 'bare'; readonly kind: 'Property' | 'GeoProperty'; readonly value: JsonValue }
  | { readonly form: 'members'; readonly kind?: AttributeKind; readonly members: JsonObject }

/** Members that say that an object is an attribute; `value` is a GeoProperty's too, which its content tells. */
const KIND_BY_MEMBER: ReadonlyMap<string, AttributeKind> = new Map([
  ['value', 'Property'],
  ['languageMap', 'LanguageProperty'],
  ['vocab', 'VocabProperty'],
  ['json', 'JsonProperty'],
  ['valueList', 'ListProperty'],
  ['object', 'Relationship'],
  ['objectList', 'ListRelationship'],
])

/** Members by which an object without value is known as part of an attribute, not as a value. */
export const TELLING_MEMBERS: readonly string[] = [
  'datasetId',
  'observedAt',
  'unitCode',
  'valueType',
  'objectType',
  'expiresAt',
]

/** Tells how an instance is written and of which kind it is (CIM 009 v1.9.1, 4.5.2.3 and its siblings). @throws Problem */
export function shapeOf(body: JsonValue, place: Place, decoding: Decoding): Shape {
  if (!isJsonObject(body) || Object.hasOwn(body, '@value'))
    return { form: 'bare', kind: 'Property', value: body }
  const type = typeMember(body)
  if (type === undefined) return concise(body, place, decoding)
  if (isGeometryType(type)) return { form: 'bare', kind: 'GeoProperty', value: body }
  const kind = kindNamed(type) ?? kindExpanded(type, decoding)
  if (kind) return { form: 'members', kind, members: body }
  throw attributeFault(place, 'has a type that is none of the eight attribute types')
}

function concise(body: JsonObject, place: Place, { rules }: Decoding): Shape {
  const [first, second] = valueMembers(body)
  if (second !== undefined) throw attributeFault(place, `has both ${first} and ${second}`)
  if (first !== undefined) return { form: 'members', kind: kindOfMember(first, body), members: body }
  const fragment = rules.partial === 'attribute' && place.depth === 1
  if (!fragment && !isAttributePart(body)) return { form: 'bare', kind: 'Property', value: body }
  if (rules.partial) return { form: 'members', members: body }
  throw attributeFault(place, 'has members of an attribute but no value')
}

function kindOfMember(member: string, body: JsonObject): AttributeKind {
  if (member === 'value' && namesGeometry(ownValue(body, 'value') ?? null)) return 'GeoProperty'
  return KIND_BY_MEMBER.get(member) ?? 'Property'
}

function valueMembers(body: JsonObject): readonly string[] {
  return [...KIND_BY_MEMBER.keys()].filter((member) => Object.hasOwn(body, member))
}

/** An object without value is part of an attribute if it has a member of one, or a sub-attribute spelt out. */
function isAttributePart(body: JsonObject): boolean {
  if (TELLING_MEMBERS.some((member) => Object.hasOwn(body, member))) return true
  return Object.values(body).some((item) => isAttribute(item))
}

/** Tells whether a JSON value is an object with the members of an attribute, not a bare value. */
export function isAttribute(body: JsonValue): boolean {
  if (!isJsonObject(body)) return false
  const type = typeMember(body)
  if (type !== undefined) return kindNamed(type) !== undefined
  return Object.hasOwn(body, 'datasetId') || valueMembers(body).length > 0
}

/** Reads the type of an attribute, by its term or as `@type`. */
function typeMember(body: JsonObject): JsonValue | undefined {
  return ownValue(body, Object.hasOwn(body, 'type') ? 'type' : '@type')
}

function kindNamed(type: JsonValue): AttributeKind | undefined {
  return typeof type === 'string' && isKind(type) ? type : undefined
}

function kindExpanded(type: JsonValue, { table }: Decoding): AttributeKind | undefined {
  if (typeof type !== 'string') return undefined
  const iri = table.expand(type)
  return iri.startsWith(NGSI_LD) ? kindNamed(iri.slice(NGSI_LD.length)) : undefined
}

function isKind(type: string): type is AttributeKind {
  return Object.hasOwn(VALUE_MEMBER, type)
}
