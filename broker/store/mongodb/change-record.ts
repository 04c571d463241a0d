import type { LogRecord } from '../../core/model/change.ts'
import type { Entity } from '../../core/model/entity.ts'
import { historyEntries, instanceId, scopeChange } from '../port/history-instances.ts'
import type { HistoryInstance, Unit } from '../port/store.ts'

/** What a unit did, as it travels inside the document that it changed until it is drained into the log. */
export interface ChangeRecord extends Omit<LogRecord, 'sequence'> {
  readonly version: number
}

/** Writes the record of a unit; `before` is the text that it replaces. */
export function changeRecord(unit: Unit, version: number, before: string | undefined): ChangeRecord {
  const { collection, id, origin } = unit
  const states = {
    ...(before !== undefined && { before: JSON.parse(before) }),
    ...(unit.next && { after: unit.next }),
  }
  if (unit.collection === 'entity') {
    const { action, at, attributes } = unit.change
    return { version, collection, id, action, at, origin, ...states, attributes }
  }
  const action = unit.next ? (before === undefined ? 'created' : 'updated') : 'deleted'
  return { version, collection, id, action, at: unit.at, origin, ...states }
}

/** Reads a record that was written as JSON. */
export function parseRecord(text: string): ChangeRecord {
  const record: ChangeRecord = JSON.parse(text)
  return record
}

/** Answers what a record adds to history. */
export function recordHistory(record: ChangeRecord): readonly HistoryInstance[] {
  const { collection, id, action, at, attributes, before, after } = record
  if (collection !== 'entity' || !attributes) return []
  const scopes = scopeChange(before as Entity | undefined, after as Entity | undefined, at) // of an entity
  const changes = scopes ? [...attributes, scopes] : attributes
  return historyEntries({ action, at, attributes: changes, members: false }).map(({ place, instance }) => ({
    instanceId: instanceId(id, place),
    ...instance,
  }))
}
