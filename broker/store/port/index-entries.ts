import type { Attributes, Entity, Instance } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import { isJsonObject, type JsonValue } from '../../core/model/json.ts'
import { parseDate, parseDateTime, parseTime } from '../../core/model/time.ts'
import { type BoundingBox, boundingBox } from './bounding-box.ts'

/**
 * What kind of value an index entry holds: queries compare within a kind. `opaque` stands for a value that no
 * scalar entry describes (an object, a nested array, too many scalars): only the evaluator can judge it.
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
}

/** Where one instance of a GeoProperty lies. */
export interface BoxEntry {
  readonly attribute: Iri
  readonly box: BoundingBox
}

/** Everything of an entity that stores answer queries from. */
export interface IndexEntries {
  readonly types: readonly Iri[]
  readonly scopes: readonly string[]
  readonly attributes: readonly Iri[]
  readonly values: readonly ValueEntry[]
  readonly boxes: readonly BoxEntry[]
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
  return { types: entity.types, scopes: entity.scopes ?? [], attributes, values, boxes, transient }
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
  const boxes = instances.map(({ kind, value }) => (kind === 'GeoProperty' ? boundingBox(value) : undefined))
  return boxes.filter((box) => box !== undefined).map((box) => ({ attribute, box }))
}

function valueEntries(attribute: Iri, instances: readonly Instance[]): readonly ValueEntry[] {
  const entries = instances.flatMap((instance) => instanceEntries(attribute, instance))
  return entries.length > MAX_SCALARS ? [opaque(attribute)] : entries
}

function opaque(attribute: Iri): ValueEntry {
  return { attribute, kind: 'opaque', value: 0 }
}

function instanceEntries(attribute: Iri, { kind, value }: Instance): readonly ValueEntry[] {
  switch (kind) {
    case 'Property':
    case 'ListProperty':
      return scalars(value).flatMap((scalar) => propertyEntries(attribute, scalar))
    case 'LanguageProperty':
      return isJsonObject(value)
        ? texts(attribute, 'language', Object.values(value).flatMap(scalars))
        : [opaque(attribute)]
    case 'VocabProperty':
      return texts(attribute, 'vocab', scalars(value))
    case 'Relationship':
    case 'ListRelationship':
      return texts(attribute, 'uri', scalars(value))
    case 'GeoProperty':
    case 'JsonProperty':
      return [opaque(attribute)]
  }
}

function scalars(value: JsonValue): readonly JsonValue[] {
  return Array.isArray(value) ? value : [value]
}

function texts(attribute: Iri, kind: IndexKind, values: readonly JsonValue[]): readonly ValueEntry[] {
  return values.map((value) =>
    typeof value === 'string' ? { attribute, kind, value: indexedText(value) } : opaque(attribute),
  )
}

function propertyEntries(attribute: Iri, value: JsonValue): readonly ValueEntry[] {
  if (typeof value === 'number') return [{ attribute, kind: 'number', value }]
  if (typeof value === 'boolean') return [{ attribute, kind: 'boolean', value: Number(value) }]
  if (typeof value !== 'string') return [opaque(attribute)]
  const text: ValueEntry = { attribute, kind: 'string', value: indexedText(value) }
  const instant = temporalEntry(attribute, value)
  return instant ? [text, instant] : [text]
}

function temporalEntry(attribute: Iri, text: string): ValueEntry | undefined {
  if (text.length < 8 || text.length > 27) return undefined
  const dateTime = parseDateTime(text)
  if (dateTime !== undefined) return { attribute, kind: 'dateTime', value: dateTime }
  const date = parseDate(text)
  if (date !== undefined) return { attribute, kind: 'date', value: date }
  const time = parseTime(text)
  return time === undefined ? undefined : { attribute, kind: 'time', value: time }
}
