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
  const entries: ValueEntry[] = []
  for (const instance of instances) addInstance(instance, entries)
  return entries.length > MAX_SCALARS ? [OPAQUE] : entries
}

const OPAQUE: ValueEntry = { kind: 'opaque', value: 0, many: false }

/** Where the scalars of one instance go, and what its texts are. */
interface Target {
  readonly entries: ValueEntry[]
  readonly textKind: IndexKind
  readonly many: boolean
}

function addInstance({ kind, value }: Instance, entries: ValueEntry[]): void {
  const plain = unwrapped(value)
  const many = isJsonArray(plain)
  const target = { entries, textKind: TEXT_KINDS[kind], many }
  if (kind === 'LanguageProperty') addLanguages(value, target)
  else if (many) for (const item of plain) addScalar(item, target)
  else addScalar(plain, target)
}

const TEXT_KINDS = {
  Property: 'string',
  ListProperty: 'string',
  JsonProperty: 'string',
  GeoProperty: 'string',
  LanguageProperty: 'language',
  VocabProperty: 'vocab',
  Relationship: 'uri',
  ListRelationship: 'uri',
} as const

function addLanguages(map: JsonValue, { entries, textKind }: Target): void {
  const texts = isJsonObject(map) ? Object.values(map).flatMap(itemsOf) : []
  const before = entries.length
  for (const text of texts) addScalar(text, { entries, textKind, many: false })
  if (entries.length === before) entries.push(OPAQUE)
}

function addScalar(item: JsonValue, target: Target): void {
  const { entries, textKind, many } = target
  if (typeof item === 'number') entries.push({ kind: 'number', value: item, many })
  else if (typeof item === 'boolean') entries.push({ kind: 'boolean', value: Number(item), many })
  else if (typeof item === 'string') {
    entries.push({ kind: textKind, value: indexedText(item), many })
    if (textKind !== 'uri' && TEMPORAL.test(item)) addTime(item, target)
  }
}

const TEMPORAL = /^\d\d[\d:][\d]/

function addTime(text: string, { entries, many }: Target): void {
  const dateTime = parseDateTime(text)
  if (dateTime !== undefined) return void entries.push({ kind: 'dateTime', value: dateTime, many })
  const date = parseDate(text)
  if (date !== undefined) return void entries.push({ kind: 'date', value: date, many })
  const time = parseTime(text)
  if (time !== undefined) entries.push({ kind: 'time', value: time, many })
}
