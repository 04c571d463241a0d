import type { AttributeKind, EntityFragment, InstanceFragment } from '../model/entity.ts'
import { type Iri, isIri, isName, NGSI_LD_NULL } from '../model/iri.ts'
import { isJsonObject, type JsonObject, type JsonValue, ownValue } from '../model/json.ts'
import { badRequestData } from '../model/problem.ts'
import { type Micros, parseDateTime } from '../model/time.ts'
import { expandAttributeName, IGNORED_ENTITY_MEMBERS } from './attribute-names.ts'
import { decodeAttributes, decodeInstances } from './decode-attributes.ts'
import { type DecodeRules, type Decoding, entityNull, placeOf } from './decode-rules.ts'
import { decodeScopeHistory, decodeScopeInstances, decodeScopes } from './decode-scopes.ts'
import { decodeValue, textsOf } from './decode-value.ts'
import { KnownNames } from './known-names.ts'
import type { TermTable } from './term-table.ts'

export type { DecodeRules } from './decode-rules.ts'

const ENTITY_MEMBERS: ReadonlySet<string> = new Set([
  ...['id', '@id', 'type', '@type', 'scope', 'expiresAt', '@context'],
  ...IGNORED_ENTITY_MEMBERS,
])

/** An entity while its members are being decoded. */
type EntityDraft = { -readonly [Member in keyof EntityFragment]: EntityFragment[Member] }

/**
 * Decodes an entity or a fragment of one, normalized and concise mixed, names expanded (CIM 009 v1.9.1, 5.2.4).
 * @throws Problem BadRequestData naming the attribute
 */
export function decodeEntity(body: JsonValue, table: TermTable, rules: DecodeRules): EntityFragment {
  if (!isJsonObject(body)) throw badRequestData('Entity is not a JSON object')
  const decoding = { table, rules }
  const draft: EntityDraft = { attributes: {} }
  decodeId(draft, body, rules)
  decodeTypes(draft, body, decoding)
  const scopes = decodeScopes(body, rules)
  if (scopes !== undefined) draft.scopes = scopes
  decodeExpiry(draft, body, rules)
  const names = Object.keys(body).filter((name) => !ENTITY_MEMBERS.has(name))
  const attributes = decodeAttributes(body, names, decoding)
  draft.attributes = rules.history ? { ...attributes, ...decodeScopeHistory(body, decoding) } : attributes
  return draft
}

/**
 * Decodes the body of one attribute: an instance, or an array of instances (5.6.4, 5.6.19); `scope` is one only in
 * history (5.6.14). @throws Problem
 */
export function decodeAttribute(
  name: string,
  body: JsonValue,
  table: TermTable,
  rules: DecodeRules,
): readonly InstanceFragment[] {
  const decoding = { table, rules }
  const place = placeOf(name)
  const bare = Array.isArray(body) ? body.map(withoutContext) : withoutContext(body)
  if (rules.history && name === 'scope') return decodeScopeInstances(bare, decoding)
  expandAttributeName(name, place, decoding)
  return decodeInstances(bare, place, decoding)
}

/** Decodes a bare value as one of an attribute of a known kind (TS 104 175, 10.2.6). @throws Problem */
export function decodeAttributeValue(
  name: string,
  kind: AttributeKind,
  value: JsonValue,
  table: TermTable,
): JsonValue {
  return decodeValue(kind, value, placeOf(name), { table, rules: { nulls: 'forbidden' } })
}

function withoutContext(body: JsonValue): JsonValue {
  if (!isJsonObject(body) || !Object.hasOwn(body, '@context')) return body
  const { '@context': _, ...rest } = body
  return rest
}

function firstOf(body: JsonObject, name: string, keyword: string): JsonValue | undefined {
  return ownValue(body, Object.hasOwn(body, name) ? name : keyword)
}

function decodeId(draft: EntityDraft, body: JsonObject, { requireId }: DecodeRules): void {
  const id = firstOf(body, 'id', '@id')
  if (id === undefined && !requireId) return
  if (id === undefined) throw badRequestData('Entity has no id')
  if (typeof id !== 'string' || !isIri(id) || id === NGSI_LD_NULL) {
    throw badRequestData('Entity has an id that is not a URI')
  }
  draft.id = id
}

function decodeTypes(draft: EntityDraft, body: JsonObject, { table, rules }: Decoding): void {
  const value = firstOf(body, 'type', '@type')
  if (value === undefined && !rules.requireType) return
  if (value === undefined) throw badRequestData('Entity has no type')
  const names = textsOf(value)
  if (!names) throw badRequestData('Entity has a type that is neither a name nor an array of names')
  draft.types = [...new Set(names.map((name) => expandType(name, table)))]
}

const KNOWN_TYPES = new KnownNames<Iri>()

function expandType(name: string, table: TermTable): Iri {
  const names = KNOWN_TYPES.ofTable(table)
  const known = names.find(name)
  if (known !== undefined) return known
  if (isName(name) && name !== NGSI_LD_NULL) return names.keep(name, table.expand(name))
  throw badRequestData('Entity has a type that is not a name: letter, then letters, digits and "_"')
}

function decodeExpiry(draft: EntityDraft, body: JsonObject, rules: DecodeRules): void {
  const value = ownValue(body, 'expiresAt')
  if (value !== undefined)
    draft.expiresAt = value === NGSI_LD_NULL ? entityNull('expiresAt', rules) : instantOf(value)
}

function instantOf(value: JsonValue): Micros {
  const instant = typeof value === 'string' ? parseDateTime(value) : undefined
  if (instant !== undefined) return instant
  throw badRequestData('Entity has an expiresAt that is not a DateTime such as 2026-01-31T08:00:00Z')
}
