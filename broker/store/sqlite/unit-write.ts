import { validUntil } from '../../core/merge/valid-until.ts'
import type { EntityChange, LogRecord } from '../../core/model/change.ts'
import type { Micros } from '../../core/model/time.ts'
import { canonicalEntity, canonicalInstance } from '../port/canonical.ts'
import type { DocumentUnit, EntityUnit, Unit } from '../port/store.ts'
import { type IndexDelta, indexDelta } from './index-delta.ts'
import { type ShapeChange, shapeChange } from './shape.ts'
import type { SqlValue } from './statements.ts'

/**
 * A unit made ready for the writer thread, which only has to put it into tables: texts are written, and what differs
 * in the indexes is known.
 */
export type UnitWrite = EntityWrite | DocumentWrite

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
  /** attribute, time, dataset, 1 for a deletion, text (null: as in the text of the entity). */
  readonly history: readonly SqlValue[]
  /** When the first part of the entity expires. */
  readonly expires: Micros | null
  readonly index: IndexDelta
  readonly shape: ShapeChange
}

export interface DocumentWrite
  extends Written,
    Pick<DocumentUnit, 'collection' | 'expectedVersion' | 'expiresAt'> {
  readonly logged: boolean
}

/** Makes a unit ready for the writer thread. */
export function unitWrite(unit: Unit): UnitWrite {
  return unit.collection === 'entity' ? entityWrite(unit) : documentWrite(unit)
}

/** Tells about how much memory a unit takes on its way. */
export function bytesOf(unit: UnitWrite): number {
  const changes = 'changes' in unit ? unit.changes : undefined
  return (unit.text?.length ?? 0) + (changes?.length ?? 0)
}

function entityWrite(unit: EntityUnit): EntityWrite {
  const { collection, id, expectedVersion, before, next, change, origin } = unit
  const whole = change.action !== 'updated'
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
    history: whole ? [] : historyRows(change),
    expires: (next && validUntil(next)) ?? null,
    index: indexDelta(before, next),
    shape: shapeChange(before, next),
  }
}

function historyRows({ attributes, at }: EntityChange): readonly SqlValue[] {
  const rows: SqlValue[] = []
  for (const { attribute, datasetId = '', after, late } of attributes) {
    const time = after ? (after.observedAt ?? after.modifiedAt) : at
    rows.push(attribute, time, datasetId, after ? 0 : 1, after && late ? canonicalInstance(after) : null)
  }
  return rows
}

function documentWrite(unit: DocumentUnit): DocumentWrite {
  const { collection, id, expectedVersion, next, at, origin, expiresAt, logged = true } = unit
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
  }
}
