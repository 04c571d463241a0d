import type { BoundingBox } from '../../core/geo/bounding-box.ts'
import type { Attributes, Entity, Instance } from '../../core/model/entity.ts'
import type { Iri } from '../../core/model/iri.ts'
import { cellOf } from '../port/cells.ts'
import { boxesOf, type ValueEntry, valueEntries } from '../port/index-entries.ts'
import { isTemporalCode, isTextCode, kindCode, POINT, SEVERAL } from './index-kinds.ts'
import type { SqlValue } from './statements.ts'

/** Rows of index tables without their entity, flat: names stand as IRIs, the writer has their numbers. */
export interface IndexRows {
  readonly types: readonly Iri[]
  readonly scopes: readonly string[]
  /** attribute, kind, value; of rows to add also 1 where it is all of the attribute, so a presence too, else 0. */
  readonly scalars: readonly SqlValue[]
  /** attribute; of rows to add also kind and value. */
  readonly presences: readonly SqlValue[]
}

/** What changes in the index tables for one entity. */
export interface IndexDelta {
  readonly removed: IndexRows
  readonly added: IndexRows
  /** attribute, west, south, east, north of all its boxes; absent where they stay as they are. */
  readonly boxes?: readonly SqlValue[]
}

/** Answers what brings the index tables from one state of an entity to the next: only what differs. */
export function indexDelta(before: Entity | undefined, after: Entity | undefined): IndexDelta {
  const removed = rowsOnlyIn(before, after)
  const added = rowsOnlyIn(after, before)
  let boxes = false
  for (const attribute of changedNames(before?.attributes, after?.attributes)) {
    const old = rowsOf(before?.attributes[attribute])
    const next = rowsOf(after?.attributes[attribute])
    remove(attribute, old, next, removed)
    add(attribute, old, next, added)
    boxes ||= old.areas.length > 0 || next.areas.length > 0
  }
  return boxes ? { removed, added, boxes: after ? allAreas(after.attributes) : [] } : { removed, added }
}

/** Answers the names of attributes that differ; what a decision leaves alone is the same array before and after. */
export function changedNames(before: Attributes = NONE, after: Attributes = NONE): readonly Iri[] {
  if (before === NONE) return Object.keys(after)
  const names: Iri[] = []
  for (const name in after) if (before[name] !== after[name]) names.push(name)
  for (const name in before) if (!Object.hasOwn(after, name)) names.push(name)
  return names
}

const NONE: Attributes = {}

interface Scalar {
  readonly kind: number
  readonly value: number | string
}

/** The rows of one attribute. */
interface Rows {
  /** Each once. */
  readonly scalars: readonly Scalar[]
  /** The scalar that is all of it; undefined: there are several, or none. */
  readonly single: Scalar | undefined
  readonly areas: readonly BoundingBox[]
  readonly present: boolean
}

const NO_ROWS: Rows = { scalars: [], single: undefined, areas: [], present: false }

interface Lists {
  readonly scalars: SqlValue[]
  readonly presences: SqlValue[]
}

function remove(attribute: Iri, old: Rows, next: Rows, { scalars, presences }: Lists): void {
  for (const { kind, value } of without(old.scalars, next.scalars)) scalars.push(attribute, kind, value)
  if (old.present && !next.present) presences.push(attribute) // one that stays is written over
}

function add(attribute: Iri, old: Rows, next: Rows, { scalars, presences }: Lists): void {
  const fresh = without(next.scalars, old.scalars)
  const presence = next.present && !samePresence(old, next)
  const alone = presence && next.scalars.length === 1 && fresh.length === 1
  for (const { kind, value } of fresh) scalars.push(attribute, kind, value, alone ? 1 : 0)
  if (presence && !alone) presences.push(attribute, next.single?.kind ?? SEVERAL, next.single?.value ?? null)
}

function rowsOf(instances: readonly Instance[] | undefined): Rows {
  if (!instances) return NO_ROWS
  const values = valueEntries(instances).map(scalarOf)
  const boxes = boxesOf(instances)
  const scalars = boxes.length === 0 ? values : [...values, ...boxes.filter(isPoint).map(cellScalar)]
  const areas = boxes.length === 0 ? boxes : boxes.filter((box) => !isPoint(box))
  const distinct = scalars.length < 2 ? scalars : eachOnce(scalars)
  return { scalars: distinct, single: single(distinct), areas, present: true }
}

function cellScalar([west, south]: BoundingBox): Scalar {
  return { kind: POINT, value: cellOf(west, south) }
}

function scalarOf({ kind, value, many }: ValueEntry): Scalar {
  return { kind: kindCode(kind, many), value }
}

function isPoint([west, south, east, north]: BoundingBox): boolean {
  return west === east && south === north
}

// A text that is a time has two scalars: the time stands for both.
function single([first, second, ...more]: readonly Scalar[]): Scalar | undefined {
  if (!first || !second) return first
  const timed = more.length === 0 && isTextCode(first.kind) && isTemporalCode(second.kind)
  return timed ? second : undefined
}

function samePresence(left: Rows, right: Rows): boolean {
  return left.present === right.present && sameScalar(left.single, right.single)
}

function sameScalar(left: Scalar | undefined, right: Scalar | undefined): boolean {
  return left?.kind === right?.kind && left?.value === right?.value
}

function eachOnce(scalars: readonly Scalar[]): readonly Scalar[] {
  return [...new Map(scalars.map((scalar) => [keyOf(scalar), scalar])).values()]
}

function without(scalars: readonly Scalar[], others: readonly Scalar[]): readonly Scalar[] {
  if (others.length === 0 || scalars.length === 0) return scalars
  if (others.length < FEW)
    return scalars.filter((scalar) => !others.some((other) => sameScalar(scalar, other)))
  const known = new Set(others.map(keyOf))
  return scalars.filter((scalar) => !known.has(keyOf(scalar)))
}

/** So few are compared one by one before keys would pay. */
const FEW = 8

function keyOf({ kind, value }: Scalar): string {
  return `${kind} ${value}`
}

function rowsOnlyIn(
  from: Entity | undefined,
  to: Entity | undefined,
): Pick<IndexRows, 'types' | 'scopes'> & Lists {
  return {
    types: missing(from?.types, to?.types),
    scopes: missing(from?.scopes, to?.scopes),
    scalars: [],
    presences: [],
  }
}

function missing(from: readonly string[] = [], to: readonly string[] = []): readonly string[] {
  if (from === to || from.length === 0) return []
  if (to.length === 0 && from.length === 1) return from
  const kept = new Set(to)
  return [...new Set(from)].filter((item) => !kept.has(item))
}

function allAreas(attributes: Attributes): readonly SqlValue[] {
  return Object.keys(attributes).flatMap((attribute) =>
    rowsOf(attributes[attribute]).areas.flatMap((box) => [attribute, ...box]),
  )
}
