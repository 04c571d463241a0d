import { type BoundingBox, boundingBox } from '../../core/geo/bounding-box.ts'
import { isGeometry } from '../../core/geo/parse-geometry.ts'
import { validUntil } from '../../core/merge/valid-until.ts'
import type { AttributeKind, Entity, Instance } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import { isJsonArray, isJsonObject, itemsOf, type JsonValue, unwrapped } from '../../core/model/json.ts'
import { type Micros, parseDate, parseDateTime, parseTime } from '../../core/model/time.ts'

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

/** One scalar of an attribute, as an index keeps it; booleans are 0 and 1. */
export interface ValueEntry {
  readonly kind: IndexKind
  readonly value: number | string
  /** One item of an array: equality finds it, order does not. */
  readonly many: boolean
}

/** How many instances of one kind an attribute has. */
export interface KindEntry {
  readonly attribute: Iri
  readonly kind: AttributeKind
  readonly instances: number
}

/** What stores find and count an entity by, besides the values of its attributes. */
export interface IndexEntries {
  readonly types: readonly Iri[]
  readonly attributes: readonly Iri[]
  readonly kinds: readonly KindEntry[]
  /** When the first part of the entity expires; absent: never. */
  readonly validUntil?: Micros
}

/** Longer texts are indexed by their first so many UTF-16 units: a comparison with a shorter text stays right. */
export const INDEXED_TEXT = 400

const MAX_SCALARS = 1000

/** Answers what an index must hold of an entity as a whole; `valueEntries` and `boxesOf` go into its attributes. */
export function indexEntries(entity: Entity): IndexEntries {
  const attributes = Object.keys(entity.attributes)
  const until = validUntil(entity)
  return {
    types: entity.types,
    attributes,
    kinds: attributes.flatMap((attribute) => kindEntries(attribute, entity.attributes[attribute] ?? [])),
    ...(until !== undefined && { validUntil: until }),
  }
}

/** Answers how many instances of each kind an attribute has. */
export function kindEntries(attribute: Iri, instances: readonly Instance[]): readonly KindEntry[] {
  const counts = new Map<AttributeKind, number>()
  for (const { kind } of instances) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  return [...counts].map(([kind, count]) => ({ attribute, kind, instances: count }))
}

/** Prepares a text for an index: no NUL (it would end there), bounded, order by code point kept. */
export function indexedText(text: string): string {
  const cut = text.length > INDEXED_TEXT ? text.slice(0, wholeCharacters(text)) : text
  if (!LOWEST.test(cut)) return cut
  return cut.replace(LOWEST_ALL, (found) => (found === '\u0000' ? '\u0001\u0001' : '\u0001\u0002'))
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to escape
const LOWEST = /[\u0000\u0001]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const LOWEST_ALL = /[\u0000\u0001]/g

function wholeCharacters(text: string): number {
  const last = text.charCodeAt(INDEXED_TEXT - 1)
  return last >= 0xd800 && last <= 0xdbff ? INDEXED_TEXT - 1 : INDEXED_TEXT
}

/** Answers where the geometries of an attribute lie: one box for each instance of a GeoProperty. */
export function boxesOf(instances: readonly Instance[]): readonly BoundingBox[] {
  const boxes: BoundingBox[] = []
  for (const { kind, value } of instances) {
    if (kind === 'GeoProperty' && isGeometry(value)) boxes.push(boundingBox(value))
  }
  return boxes
}

/** Answers the scalars of an attribute, as queries compare them. */
export function valueEntries(instances: readonly Instance[]): readonly ValueEntry[] {
  const [only] = instances
  const entries = only && instances.length === 1 ? instanceEntries(only) : instances.flatMap(instanceEntries)
  return entries.length > MAX_SCALARS ? [OPAQUE] : entries
}

const OPAQUE: ValueEntry = { kind: 'opaque', value: 0, many: false }

function instanceEntries({ kind, value }: Instance): readonly ValueEntry[] {
  if (kind === 'LanguageProperty') return languageEntries(value)
  const plain = unwrapped(value)
  const textKind = TEXT_KINDS[kind]
  if (!isJsonArray(plain)) return scalarEntries(plain, textKind, false)
  return plain.flatMap((item) => scalarEntries(item, textKind, true))
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

function languageEntries(map: JsonValue): readonly ValueEntry[] {
  const texts = isJsonObject(map) ? Object.values(map).flatMap(itemsOf) : []
  const entries = texts.flatMap((text) => scalarEntries(text, 'language', false))
  return entries.length === 0 ? [OPAQUE] : entries
}

/** A scalar has one entry; a text that can be read as a time has another one for that. */
function scalarEntries(item: JsonValue, textKind: IndexKind, many: boolean): readonly ValueEntry[] {
  if (typeof item === 'number') return [{ kind: 'number', value: item, many }]
  if (typeof item === 'boolean') return [{ kind: 'boolean', value: Number(item), many }]
  if (typeof item !== 'string') return []
  const text: ValueEntry = { kind: textKind, value: indexedText(item), many }
  const time = textKind !== 'uri' && TEMPORAL.test(item) ? timeEntry(item, many) : undefined
  return time ? [text, time] : [text]
}

const TEMPORAL = /^\d\d[\d:][\d]/

function timeEntry(text: string, many: boolean): ValueEntry | undefined {
  const dateTime = parseDateTime(text)
  if (dateTime !== undefined) return { kind: 'dateTime', value: dateTime, many }
  const date = parseDate(text)
  if (date !== undefined) return { kind: 'date', value: date, many }
  const time = parseTime(text)
  return time === undefined ? undefined : { kind: 'time', value: time, many }
}
