import type { LogRecord } from '../../../core/model/change.ts'
import type { Entity, Instance } from '../../../core/model/entity.ts'
import { type HistoryEntry, historyEntries, instanceId, scopeChange } from '../../port/history-instances.ts'
import type { Erasure, PastSelection } from '../../port/past-selection.ts'
import type { DocumentUnit, EntityUnit } from '../../port/store.ts'
import type { KeptInstance, KeptPlace } from '../mongo-documents.ts'

/** What a unit did, as it travels inside the document that it changed until it is drained into the log. */
export interface ChangeRecord extends Omit<LogRecord, 'sequence'> {
  readonly version: number
  /** What provisioning did to history; never part of the log. */
  readonly history?: HistoryChange
  /** What the log is to lose with it; never part of it. */
  readonly erased?: LogErasure
}

/** What records of the entity must not tell any more. */
export interface LogErasure {
  readonly erasures: readonly Erasure[]
  /** Only in the record of this version and in the one that brings it. */
  readonly since?: number
}

/** What a record does to the history of its entity: first clears, then writes places, each once. */
export interface HistoryChange {
  readonly cleared?: PastSelection
  readonly places: readonly Placed[]
}

/** A place as it becomes; without an instance it is empty, without a name it keeps what it has. */
export type Placed = Pick<KeptPlace, '_id' | 'instance' | 'name'>

/** Writes the record of a unit; `before` is the text that it replaces. */
export function changeRecord(
  unit: EntityUnit | DocumentUnit,
  version: number,
  before: string | undefined,
): ChangeRecord {
  const { collection, id, origin } = unit
  const states = {
    ...(before !== undefined && { before: JSON.parse(before) }),
    ...(unit.next && { after: unit.next }),
  }
  if (unit.collection === 'entity') {
    const { action, at, attributes, recorded } = unit.change
    const record = { version, collection, id, action, at, origin, ...states, attributes } as const
    return recorded ? { ...record, history: historyChange({ ...record, attributes: recorded }) } : record
  }
  const action = unit.next ? (before === undefined ? 'created' : 'updated') : 'deleted'
  return { version, collection, id, action, at: unit.at, origin, ...states }
}

/** Reads a record that was written as JSON. */
export function parseRecord(text: string): ChangeRecord {
  const record: ChangeRecord = JSON.parse(text)
  return record
}

/** Answers what a record does to history. */
export function historyChange(record: ChangeRecord): HistoryChange {
  const { collection, id, action, at, attributes, before, after, history } = record
  if (history) return history
  if (collection !== 'entity' || !attributes) return { places: [] }
  const scopes = scopeChange(before as Entity | undefined, after as Entity | undefined, at) // of an entity
  const changes = scopes ? [...attributes, scopes] : attributes
  return {
    places: historyEntries({ action, at, attributes: changes, members: false }).map((one) => placed(id, one)),
  }
}

/** Answers an entry of history as its place keeps it. */
export function placed(entity: string, { place, instance }: HistoryEntry): Placed {
  const { attribute, datasetId = '', time } = place
  const { observedAt, modifiedAt, deletedAt, text = '{}' } = instance
  const { createdAt = modifiedAt }: Partial<Instance> = JSON.parse(text)
  const kept: KeptInstance = {
    entity,
    attribute,
    dataset: datasetId,
    time,
    createdAt,
    modifiedAt,
    ...(observedAt !== undefined && { observedAt }),
    ...(deletedAt !== undefined && { deletedAt }),
    text,
  }
  return { _id: instanceId(entity, place), instance: kept }
}
