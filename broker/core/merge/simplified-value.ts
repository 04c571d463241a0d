import { namesGeometry, parseGeometry } from '../geo/parse-geometry.ts'
import type { AttributeKind, InstanceFragment } from '../model/entity.ts'
import { GEO_PROPERTIES, type Iri, isIri } from '../model/iri.ts'
import { isJsonObject, type JsonValue, ownValue } from '../model/json.ts'
import { badRequestData } from '../model/problem.ts'
import { isNull } from './members.ts'

/**
 * Gives a fragment its kind. A simplified one keeps the kind of the stored attribute, and its bare value is read as
 * that kind (CIM 009 v1.9.1, 5.6.17 Merge Entity). @throws Problem BadRequestData when the value cannot be one
 */
export function readFragment(
  fragment: InstanceFragment,
  attribute: Iri,
  stored: AttributeKind | undefined,
): InstanceFragment {
  const { value, simplified } = fragment
  if (!simplified || value === undefined || isNull(value)) return fragment
  const given = fragment.kind
  if (given !== undefined && given !== 'Property' && given !== 'GeoProperty') {
    if (stored !== undefined && stored !== given) throw notOfKind(attribute, stored)
    return fragment
  }
  const isGeo = GEO_PROPERTIES.has(attribute) || namesGeometry(value)
  const kind = stored ?? given ?? (isGeo ? 'GeoProperty' : 'Property')
  const read = readAs[kind](value)
  if (read === undefined) throw notOfKind(attribute, kind)
  return { ...fragment, kind, value: read }
}

function notOfKind(attribute: Iri, kind: AttributeKind) {
  return badRequestData(`Simplified value of attribute ${attribute} does not fit its type ${kind}`)
}

/** How a bare value becomes a value of each kind; undefined when it cannot. */
const readAs: Record<AttributeKind, (value: JsonValue) => JsonValue | undefined> = {
  Property: (value) => value,
  GeoProperty: parseGeometry,
  LanguageProperty: (value) => languageMap(unwrap(value, 'languageMap')),
  VocabProperty: (value) => uris(unwrap(value, 'vocab')),
  JsonProperty: (value) => structure(unwrap(value, 'json')),
  ListProperty: (value) => (Array.isArray(value) ? value : undefined),
  Relationship: uris,
  ListRelationship: (value) =>
    Array.isArray(value) ? uris(value.map((item) => unwrap(item, 'object'))) : undefined,
}

function unwrap(value: JsonValue, member: string): JsonValue {
  return (isJsonObject(value) && Object.keys(value).length === 1 && ownValue(value, member)) || value
}

function uris(value: JsonValue): JsonValue | undefined {
  const list: readonly JsonValue[] = Array.isArray(value) ? value : [value]
  return list.every((item) => typeof item === 'string' && isIri(item)) ? value : undefined
}

function structure(value: JsonValue): JsonValue | undefined {
  return typeof value === 'object' && value !== null ? value : undefined
}

function languageMap(value: JsonValue): JsonValue | undefined {
  if (!isJsonObject(value)) return undefined
  return Object.values(value).every(isText) ? value : undefined
}

function isText(value: JsonValue): boolean {
  return (
    typeof value === 'string' || (Array.isArray(value) && value.every((item) => typeof item === 'string'))
  )
}
