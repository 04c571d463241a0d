import { compareText } from '../../core/query/compare-text.ts'
import type { HistoryInstance, HistoryRange } from '../port/store.ts'
import { parseRecord } from './change-record.ts'
import { keptInstances } from './drain-changes.ts'
import type { KeptInstance, TenantCollections } from './mongo-documents.ts'

/** Reads the history of an entity, with what is not drained yet laid over it. */
export async function readHistory(
  { entities, history }: TenantCollections,
  id: string,
  { attribute, limit }: HistoryRange,
): Promise<readonly HistoryInstance[]> {
  // pending changes first: what is drained meanwhile is then seen twice, and not missed
  const pending = await entities.findOne({ _id: id }, { projection: { changes: 1 } })
  const drained = await history
    .find({ entity: id, ...(attribute !== undefined && { attribute }) })
    .sort({ time: 1 })
    .toArray()
  const instances = new Map(drained.map((one) => [one._id, one]))
  for (const one of pendingInstances(pending?.changes ?? [], attribute)) {
    const other = instances.get(one._id)
    if (!other || other.version < one.version) instances.set(one._id, one)
  }
  return [...instances.values()].map(parseInstance).sort(byPlace).slice(0, limit)
}

function pendingInstances(
  changes: readonly string[],
  attribute: string | undefined,
): readonly KeptInstance[] {
  const instances = changes.flatMap((text) => keptInstances(parseRecord(text)))
  return attribute === undefined ? instances : instances.filter((one) => one.attribute === attribute)
}

function parseInstance({ text }: KeptInstance): HistoryInstance {
  const instance: HistoryInstance = JSON.parse(text)
  return instance
}

function byPlace(left: HistoryInstance, right: HistoryInstance): number {
  return timeOf(left) - timeOf(right) || compareText(placeOf(left), placeOf(right))
}

function timeOf({ observedAt, modifiedAt }: HistoryInstance): number {
  return observedAt ?? modifiedAt
}

function placeOf({ attribute, datasetId = '', deletedAt }: HistoryInstance): string {
  return `${attribute} ${datasetId} ${deletedAt === undefined ? 0 : 1}`
}
