import { validUntil } from '../../core/merge/valid-until.ts'
import type { AttributeChange, EntityChange, LogRecord } from '../../core/model/change.ts'
import type { Micros } from '../../core/model/time.ts'
import { canonicalEntity } from '../port/canonical.ts'
import type { EvolutionChange, EvolutionUnit } from '../port/evolution.ts'
import { evolutionChanges } from '../port/evolution-changes.ts'
import { scopeChange } from '../port/history-instances.ts'
import type { DocumentUnit, EntityUnit, Unit } from '../port/store.ts'
import { addDeletionRow, addInstanceRow } from './history/history-rows.ts'
import { type IndexDelta, indexDelta } from './index-delta.ts'
import { type ShapeChange, shapeChange } from './shape-change.ts'
import type { SqlValue } from './statements.ts'

/**
 * A unit made ready for the writer thread, which only has to put it into tables: texts are written, and what differs
 * in the indexes is known.
 */
export type UnitWrite = EntityWrite | DocumentWrite | EvolutionWrite

interface Written extends Pick<LogRecord, 'id' | 'at'> {
  readonly by: string
  readonly request: string | null
  /** Absent: delete. */
  readonly text?: string | undefined
}

export interface EntityWrite extends Written, Pick<EntityUnit, 'expectedVersion'> {
  readonly collection: 'entity'
  readonly action: EntityChange['action']
  /** What changed, as JSON; absent where all of it came or went: the texts before and after tell. */
  readonly changes?: string | undefined
  /** One row of history stands for all that came or went with the entity. */
  readonly asOne: boolean
  /** As in history-rows.ts. */
  readonly history: readonly SqlValue[]
  /** When the first part of the entity expires. */
  readonly expires: Micros | null
  readonly index: IndexDelta
  readonly shape: ShapeChange
}

export interface DocumentWrite
  extends Written,
    Pick<DocumentUnit, 'collection' | 'expectedVersion' | 'expiresAt' | 'forgets'> {
  readonly logged: boolean
}

/** Its instances are rows already. */
export type EvolutionStep = Exclude<EvolutionChange, { action: 'append' }> | Omit<Append, 'instances'>
type Append = Extract<EvolutionChange, { action: 'append' }>

export interface EvolutionWrite extends Written {
  readonly collection: 'evolution'
  readonly change: EvolutionStep
  /** What is appended, as in history-rows.ts. */
  readonly rows: readonly SqlValue[]
  /** The names of attributes that the log tells, as JSON. */
  readonly changes: string
}

/** Makes a unit ready for the writer thread. */
export function unitWrite(unit: Unit): UnitWrite {
  if (unit.collection === 'entity') return entityWrite(unit)
  return unit.collection === 'evolution' ? evolutionWrite(unit) : documentWrite(unit)
}

/** Tells about how much memory a unit takes on its way. */
export function bytesOf(unit: UnitWrite): number {
  const changes = 'changes' in unit ? unit.changes : undefined
  const rows = unit.collection === 'evolution' ? bytesOfRows((unit as EvolutionWrite).rows) : 0
  return (unit.text?.length ?? 0) + (changes?.length ?? 0) + rows
}

function bytesOfRows(rows: readonly SqlValue[]): number {
  return rows.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 8), 0)
}

function entityWrite(unit: EntityUnit): EntityWrite {
  const { collection, id, expectedVersion, before, next, change, origin } = unit
  const whole = change.action !== 'updated'
  const asOne = whole && !change.recorded
  return {
    collection,
    id,
    expectedVersion,
    action: change.action,
    at: change.at,
    by: origin.by,
    request: origin.requestId ?? null,
    text: next && canonicalEntity(next),
    changes: whole ? undefined : JSON.stringify(change.attributes),
    asOne,
    history: asOne ? [] : historyRows(unit),
    expires: (next && validUntil(next)) ?? null,
    index: indexDelta(before, next),
    shape: shapeChange(before, next),
  }
}

function historyRows({ change, before, next }: EntityUnit): readonly SqlValue[] {
  const { attributes, recorded = attributes, at, members } = change
  const rows: SqlValue[] = []
  for (const one of recorded) addRow(rows, one, at)
  const scopes = members ? scopeChange(before, next, at) : undefined
  if (scopes) addRow(rows, { ...scopes, late: true }, at) // no attribute of the entity, so no log record holds its text
  return rows
}

function addRow(rows: SqlValue[], { attribute, before, after, late }: AttributeChange, at: Micros): void {
  if (after) addInstanceRow(rows, { attribute, instance: after, told: !late })
  else if (before) addDeletionRow(rows, { attribute, before, at })
}

function evolutionWrite(unit: EvolutionUnit): EvolutionWrite {
  const { collection, id, at, origin } = unit
  const changes = JSON.stringify(evolutionChanges(unit))
  const base = { collection, id, at, by: origin.by, request: origin.requestId ?? null, changes }
  if (unit.change.action !== 'append') return { change: unit.change, rows: [], ...base }
  const { instances, ...change } = unit.change
  const rows: SqlValue[] = []
  for (const { attribute, instance } of instances) addInstanceRow(rows, { attribute, instance, told: false })
  return { change, rows, ...base }
}

function documentWrite(unit: DocumentUnit): DocumentWrite {
  const { collection, id, expectedVersion, next, at, origin, expiresAt, forgets, logged = true } = unit
  return {
    collection,
    id,
    at,
    by: origin.by,
    request: origin.requestId ?? null,
    logged,
    ...(next && { text: JSON.stringify(next) }),
    ...(expectedVersion !== undefined && { expectedVersion }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(forgets && { forgets }),
  }
}
