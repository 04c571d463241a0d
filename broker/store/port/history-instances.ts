import { createHash } from 'node:crypto'
import type { AttributeChange, EntityChange } from '../../core/model/change.ts'
import type { Micros } from '../../core/model/time.ts'
import { canonicalInstance } from './canonical.ts'
import type { HistoryInstance } from './store.ts'

/** The place of one instance in history: the same place again replaces it. */
export interface HistoryPlace {
  readonly attribute: string
  readonly datasetId?: string
  /** observedAt, else modifiedAt. */
  readonly time: Micros
  readonly deleted: boolean
}

/** An instance that history is to keep, with its place. */
export interface HistoryEntry {
  readonly place: HistoryPlace
  readonly instance: Omit<HistoryInstance, 'instanceId'>
}

/** Names an instance for ever: equal places get equal ids on every store. */
export function instanceId(entityId: string, { attribute, datasetId, time, deleted }: HistoryPlace): string {
  const place = JSON.stringify([
    entityId,
    attribute,
    datasetId ?? null,
    time,
    ...(deleted ? ['deleted'] : []),
  ])
  return `urn:ngsi-ld:Instance:${createHash('sha256').update(place).digest('base64url').slice(0, 27)}`
}

/** Answers the instances that a change adds to the history of its entity. */
export function historyEntries(change: EntityChange): readonly HistoryEntry[] {
  return change.attributes.map((one) => historyEntry(one, change.at))
}

function historyEntry({ attribute, datasetId, after }: AttributeChange, at: Micros): HistoryEntry {
  const name = { attribute, ...(datasetId !== undefined && { datasetId }) }
  if (!after) {
    return {
      place: { ...name, time: at, deleted: true },
      instance: { ...name, modifiedAt: at, deletedAt: at },
    }
  }
  const { observedAt, modifiedAt } = after
  return {
    place: { ...name, time: observedAt ?? modifiedAt, deleted: false },
    instance: {
      ...name,
      ...(observedAt !== undefined && { observedAt }),
      modifiedAt,
      text: canonicalInstance(after),
    },
  }
}
