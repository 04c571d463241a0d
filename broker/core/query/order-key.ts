import type { GeometryEngine } from '../geo/engine.ts'
import { isGeometry } from '../geo/parse-geometry.ts'
import type { Attributes, Entity, Instance } from '../model/entity.ts'
import type { Iri } from '../model/iri.ts'
import { isJsonObject, type JsonValue, ownValue } from '../model/json.ts'
import { parseDate, parseDateTime, parseTime } from '../model/time.ts'
import type { Ordering, OrderTerm, QPath } from './ast.ts'
import type { CompareTexts } from './collator.ts'
import { compareText } from './compare-text.ts'
import { targetOf } from './find-target.ts'

/** What values of different kinds come in (CIM 009 v1.9.1, 4.23.2); a GeoProperty comes first by distance. */
const RANK = {
  distance: 0,
  number: 1,
  string: 2,
  object: 3,
  array: 4,
  boolean: 5,
  time: 6,
  date: 7,
  dateTime: 8,
  null: 9,
  missing: 10,
} as const

/** What one term of an ordering finds in an entity, ready to be compared. */
export interface OrderKey {
  readonly rank: number
  readonly value: number | string | readonly OrderKey[]
}

const MISSING: OrderKey = { rank: RANK.missing, value: 0 }
const NULL: OrderKey = { rank: RANK.null, value: 0 }

/** What keys are made with. */
export interface OrderMeans {
  readonly engine: GeometryEngine
  /** Shortens the types of an entity: they are ordered as they are shown. */
  readonly compact: (iri: Iri) => string
}

/** Answers the keys of an entity, one for each term: of the default instance, or of the first one where there is none. */
export function orderKeys(
  entity: Entity,
  { terms, from }: Ordering,
  { engine, compact }: OrderMeans,
): readonly OrderKey[] {
  return terms.map(({ member, path, byDistance }) => {
    if (member) return memberKey(entity, member, compact)
    if (!path) return MISSING
    return (byDistance && from && distanceKey(entity, path, from, engine)) || pathKey(entity, path)
  })
}

/** Orders entities by their keys: what is null or missing comes last, also when the order descends. */
export function compareKeys(
  left: readonly OrderKey[],
  right: readonly OrderKey[],
  { terms, compareTexts }: { readonly terms: readonly OrderTerm[]; readonly compareTexts: CompareTexts },
): number {
  for (const [at, { descending }] of terms.entries()) {
    const one = left[at] ?? MISSING
    const other = right[at] ?? MISSING
    const order = compareKey(one, other, compareTexts)
    if (order !== 0) return descending && !isPinned(one, other) ? -order : order
  }
  return 0
}

/** Distances come before all else, and nothing after all else, whatever the direction. */
function isPinned(one: OrderKey, other: OrderKey): boolean {
  if (one.rank === other.rank) return false
  return Math.max(one.rank, other.rank) >= RANK.null || Math.min(one.rank, other.rank) === RANK.distance
}

function compareKey(one: OrderKey, other: OrderKey, compareTexts: CompareTexts): number {
  if (one.rank !== other.rank) return one.rank - other.rank
  const { value: left } = one
  const { value: right } = other
  if (typeof left === 'number' && typeof right === 'number') return left - right
  if (typeof left === 'string' && typeof right === 'string')
    return one.rank === RANK.string ? compareTexts(left, right) : compareText(left, right)
  return typeof left === 'object' && typeof right === 'object' ? compareLists(left, right, compareTexts) : 0
}

function compareLists(
  left: readonly OrderKey[],
  right: readonly OrderKey[],
  compareTexts: CompareTexts,
): number {
  for (const [at, one] of left.entries()) {
    const other = right[at]
    const order = other ? compareKey(one, other, compareTexts) : 1
    if (order !== 0) return order
  }
  return left.length - right.length
}

function memberKey(
  { id, types, scopes }: Entity,
  member: NonNullable<OrderTerm['member']>,
  compact: OrderMeans['compact'],
): OrderKey {
  if (member === 'id') return { rank: RANK.string, value: id }
  const texts = member === 'type' ? types.map(compact) : (scopes ?? [])
  const [only] = texts
  if (only === undefined) return MISSING
  return valueKey(texts.length === 1 ? only : texts)
}

function distanceKey(
  entity: Entity,
  { attributes, member, value: keys }: QPath,
  from: NonNullable<Ordering['from']>,
  engine: GeometryEngine,
): OrderKey | undefined {
  const instance = member || keys ? undefined : instanceAt(entity.attributes, attributes)
  if (instance?.kind !== 'GeoProperty' || !isGeometry(instance.value)) return undefined
  return { rank: RANK.distance, value: engine.sphericalDistance(instance.value, from) }
}

function pathKey(entity: Entity, { attributes, member, value: keys }: QPath): OrderKey {
  const bearer = attributes.length === 0 ? entity : instanceAt(entity.attributes, attributes)
  if (!bearer) return MISSING
  if (member) {
    const value = (bearer as { readonly [name in typeof member]?: number | string })[member] // each has some of them
    if (value === undefined) return MISSING
    return { rank: typeof value === 'number' ? RANK.dateTime : RANK.string, value }
  }
  const target = 'kind' in bearer ? targetOf(bearer, keys) : undefined
  if (!target) return MISSING
  if (target.many) return valueKey(target.items)
  const [first] = target.items
  return first === undefined ? MISSING : valueKey(first)
}

function instanceAt(attributes: Attributes | undefined, path: readonly Iri[]): Instance | undefined {
  const [name, ...rest] = path
  if (!attributes || name === undefined || !Object.hasOwn(attributes, name)) return undefined
  const instances = attributes[name] ?? []
  const instance = instances.find(({ datasetId }) => datasetId === undefined) ?? instances[0]
  return rest.length === 0 ? instance : instanceAt(instance?.attributes, rest)
}

/** Texts that are a DateTime, Date or Time are ordered as such. */
function valueKey(value: JsonValue): OrderKey {
  if (typeof value === 'number') return { rank: RANK.number, value }
  if (typeof value === 'boolean') return { rank: RANK.boolean, value: Number(value) }
  if (typeof value === 'string') return textKey(value)
  if (value === null) return NULL
  if (!isJsonObject(value)) return { rank: RANK.array, value: value.map(valueKey) }
  if (ownValue(value, '@type') === '@json' && ownValue(value, '@value') === null) return NULL
  return { rank: RANK.object, value: JSON.stringify(value) }
}

function textKey(text: string): OrderKey {
  const first = text.charCodeAt(0)
  if (first < 0x30 || first > 0x39) return { rank: RANK.string, value: text }
  const dateTime = parseDateTime(text)
  if (dateTime !== undefined) return { rank: RANK.dateTime, value: dateTime }
  const date = parseDate(text)
  if (date !== undefined) return { rank: RANK.date, value: date }
  const time = parseTime(text)
  return time === undefined ? { rank: RANK.string, value: text } : { rank: RANK.time, value: time }
}
