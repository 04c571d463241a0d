import { compareText } from '../../core/query/compare-text.ts'
import type { InstanceQuery } from '../port/evolution.ts'
import type { HistoryInstance, HistoryRange } from '../port/store.ts'
import { attributeSelection, findInstances } from './find-instances.ts'
import type { TenantCollections } from './mongo-documents.ts'
import { isPresent, nameOf, type Present, readUndrained, type Undrained } from './undrained.ts'

/** Reads instances of an entity's history, attribute by attribute. */
export async function readInstances(
  collections: TenantCollections,
  id: string,
  query: InstanceQuery,
): Promise<readonly HistoryInstance[]> {
  // what is not drained first: what is drained meanwhile is then seen twice, and not missed
  const found = await collections.entities.findOne({ _id: id }, { projection: { changes: 1 } })
  const undrained = await readUndrained(collections, found?.changes ?? [])
  const attributes = new Set(query.attributes ?? (await attributesOf(collections, undrained, id)))
  const lists = await Promise.all(
    [...attributes]
      .sort(compareText)
      .map((attribute) =>
        findInstances(collections, undrained, attributeSelection(id, { attribute }, query)),
      ),
  )
  return lists.flat().map(historyInstance)
}

/** Reads the history of an entity, oldest first. */
export async function readHistory(
  collections: TenantCollections,
  id: string,
  { attribute, limit }: HistoryRange,
): Promise<readonly HistoryInstance[]> {
  const attributes = attribute === undefined ? {} : { attributes: [attribute] }
  const query = { ...attributes, order: 'oldest', perAttribute: limit } as const
  return [...(await readInstances(collections, id, query))].sort(byTime).slice(0, limit)
}

async function attributesOf(
  { history }: TenantCollections,
  { places }: Undrained,
  id: string,
): Promise<readonly string[]> {
  const drained: unknown[] = await history.distinct('instance.attribute', { 'instance.entity': id })
  const others = [...places.values()].filter(isPresent).map(({ instance }) => instance.attribute)
  return [...drained.map(String), ...others]
}

function historyInstance(place: Present): HistoryInstance {
  const { attribute, dataset, observedAt, modifiedAt, deletedAt, text } = place.instance
  return {
    instanceId: nameOf(place),
    attribute,
    ...(dataset !== '' && { datasetId: dataset }),
    ...(observedAt !== undefined && { observedAt }),
    modifiedAt,
    ...(deletedAt !== undefined && { deletedAt }),
    text,
  }
}

/** Instances of an attribute are in order already, and stay so. */
function byTime(left: HistoryInstance, right: HistoryInstance): number {
  return timeOf(left) - timeOf(right) || compareText(left.attribute, right.attribute)
}

function timeOf({ observedAt, modifiedAt }: HistoryInstance): number {
  return observedAt ?? modifiedAt
}
