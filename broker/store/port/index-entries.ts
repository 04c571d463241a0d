import { type BoundingBox, boundingBox } from '../../core/geo/bounding-box.ts'
import { isGeometry } from '../../core/geo/parse-geometry.ts'
import type { AttributeKind, Attributes, Entity, Instance } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import { isJsonObject, itemsOf, type JsonValue, unwrapped } from '../../core/model/json.ts'
import { parseDate, parseDateTime, parseTime } from '../../core/model/time.ts'

/**
 * What kind of value an index entry holds: queries compare within a kind. `opaque` stands for an attribute that the
 * other entries do not describe fully (too many scalars, no text in any language): only the evaluator can judge it.
 */
export type IndexKind =
  | 'number'
  | 'boolean'
  | 'string'
  | 'language'
  | 'vocab'
  | 'uri'
  | 'dateTime'
  | 'date'
  | 'time'
  | 'opaque'

/** One scalar of one attribute, as an index keeps it; booleans are 0 and 1. */
export interface ValueEntry {
  readonly attribute: Iri
  readonly kind: IndexKind
  readonly value: number | string
  /** One item of an array: equality finds it, order does not. */
  readonly many: boolean
}

/** Where one instance of a GeoProperty lies. */
export interface BoxEntry {
  readonly attribute: Iri
  readonly box: BoundingBox
}

/** How many instances of one kind an attribute has. */
export interface KindEntry {
  readonly attribute: Iri
  readonly kind: AttributeKind
  readonly instances: number
}

/** Everything of an entity that stores answer queries from. */
export interface IndexEntries {
  readonly types: readonly Iri[]
  readonly scopes: readonly string[]
  readonly attributes: readonly Iri[]
  readonly values: readonly ValueEntry[]
  readonly boxes: readonly BoxEntry[]
  readonly kinds: readonly KindEntry[]
  /** Something inside the entity, or all of it, expires. */
  readonly transient: boolean
}

/** Longer texts are indexed by their first so many UTF-16 units: a comparison with a shorter text stays right. */
export const INDEXED_TEXT = 400

const MAX_SCALARS = 1000

/** Answers what an index must hold so that a query finds this entity. */
export function indexEntries(entity: Entity): IndexEntries {
  const values: ValueEntry[] = []
  const boxes: BoxEntry[] = []
  const attributes = Object.keys(entity.attributes)
  for (const attribute of attributes) {
    const instances = entity.attributes[attribute] ?? []
    values.push(...valueEntries(attribute, instances))
    boxes.push(...boxEntries(attribute, instances))
  }
  const transient = entity.expiresAt !== undefined || expires(entity.attributes)
  const kinds = attributes.flatMap((attribute) => kindEntries(attribute, entity.attributes[attribute] ?? []))
  return { types: entity.types, scopes: entity.scopes ?? [], attributes, values, boxes, kinds, transient }
}

function kindEntries(attribute: Iri, instances: readonly Instance[]): readonly KindEntry[] {
  const counts = new Map<AttributeKind, number>()
  for (const { kind } of instances) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return [...counts].map(([kind, count]) => ({ attribute, kind, instances: count }))
}

/** Prepares a text for an index: no NUL (it would end there), bounded, order by code point kept. */
export function indexedText(text: string): string {
  const cut = text.length > INDEXED_TEXT ? text.slice(0, wholeCharacters(text)) : text
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to escape
  return cut.replace(/[\u0000\u0001]/g, (found) => (found === '\u0000' ? '\u0001\u0001' : '\u0001\u0002'))
}

function wholeCharacters(text: string): number {
  const last = text.charCodeAt(INDEXED_TEXT - 1)
  return last >= 0xd800 && last <= 0xdbff ? INDEXED_TEXT - 1 : INDEXED_TEXT
}

function expires(attributes: Attributes): boolean {
  return Object.values(attributes).some((instances) =>
    instances.some(
      (instance) =>
        instance.expiresAt !== undefined ||
        (instance.attributes !== undefined && expires(instance.attributes)),
    ),
  )
}

function boxEntries(attribute: Iri, instances: readonly Instance[]): readonly BoxEntry[] {
  return instances.flatMap(({ kind, value }) =>
    kind === 'GeoProperty' && isGeometry(value) ? [{ attribute, box: boundingBox(value) }] : [],
  )
}

function valueEntries(attribute: Iri, instances: readonly Instance[]): readonly ValueEntry[] {
  const entries = instances.flatMap((instance) => instanceEntries(attribute, instance))
  return entries.length > MAX_SCALARS ? [opaque(attribute)] : entries
}

function opaque(attribute: Iri): ValueEntry {
  return { attribute, kind: 'opaque', value: 0, many: false }
}

function instanceEntries(attribute: Iri, { kind, value }: Instance): readonly ValueEntry[] {
  if (kind === 'LanguageProperty') return languageEntries(attribute, value)
  const plain = unwrapped(value)
  const many = Array.isArray(plain)
  return itemsOf(plain).flatMap((item) => itemEntries({ attribute, many }, TEXT_KINDS[kind], item))
}

const TEXT_KINDS = {
  Property: 'string',
  ListProperty: 'string',
  JsonProperty: 'string',
  GeoProperty: 'string',
  VocabProperty: 'vocab',
  Relationship: 'uri',
  ListRelationship: 'uri',
} as const

function languageEntries(attribute: Iri, map: JsonValue): readonly ValueEntry[] {
  const texts = isJsonObject(map) ? Object.values(map).flatMap(itemsOf) : []
  const entries = texts.flatMap((text) => itemEntries({ attribute, many: false }, 'language', text))
  return entries.length === 0 ? [opaque(attribute)] : entries
}

type Place = Pick<ValueEntry, 'attribute' | 'many'>

function itemEntries(place: Place, textKind: IndexKind, item: JsonValue): readonly ValueEntry[] {
  if (typeof item === 'number') return [{ ...place, kind: 'number', value: item }]
  if (typeof item === 'boolean') return [{ ...place, kind: 'boolean', value: Number(item) }]
  if (typeof item !== 'string') return []
  const text: ValueEntry = { ...place, kind: textKind, value: indexedText(item) }
  const instant = textKind === 'uri' ? undefined : temporalEntry(place, item)
  return instant ? [text, instant] : [text]
}

const TEMPORAL = /^\d\d[\d:][\d]/

function temporalEntry(place: Place, text: string): ValueEntry | undefined {
  if (!TEMPORAL.test(text)) return undefined
  const dateTime = parseDateTime(text)
  if (dateTime !== undefined) return { ...place, kind: 'dateTime', value: dateTime }
  const date = parseDate(text)
  if (date !== undefined) return { ...place, kind: 'date', value: date }
  const time = parseTime(text)
  return time === undefined ? undefined : { ...place, kind: 'time', value: time }
}
