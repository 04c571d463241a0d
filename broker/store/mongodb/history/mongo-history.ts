import { compareText } from '../../../core/query/compare-text.ts'
import type { InstanceQuery } from '../../port/evolution.ts'
import type { HistoryInstance } from '../../port/store.ts'
import { READING, type TenantCollections } from '../mongo-documents.ts'
import { attributeSelection, carriedNames, findInstances } from './find-instances.ts'
import { isPresent, nameOf, type Present, readUndrained, type Undrained } from './undrained.ts'

/** Reads instances of an entity's history, attribute by attribute. */
export async function readInstances(
  collections: TenantCollections,
  id: string,
  query: InstanceQuery,
): Promise<readonly HistoryInstance[]> {
  // what is not drained first: what is drained meanwhile is then seen twice, and not missed
  const found = await collections.entities.findOne(
    { _id: id },
    { projection: { changes: 1, moved: 1 }, ...READING },
  )
  const undrained = await readUndrained(collections, found?.changes ?? [])
  const attributes = new Set(query.attributes ?? (await attributesOf(collections, undrained, id)))
  const lists = await Promise.all(
    [...attributes]
      .sort(compareText)
      .map((attribute) => findInstances(collections, undrained, attributeSelection(id, attribute, query))),
  )
  const carried = await carriedNames(collections, undrained, found ?? { _id: id })
  return lists.flat().map((place) => historyInstance(place, carried))
}

async function attributesOf(
  { history }: TenantCollections,
  { places }: Undrained,
  id: string,
): Promise<readonly string[]> {
  const groups = [{ $match: { 'instance.entity': id } }, { $group: { _id: '$instance.attribute' } }]
  const drained = await history.aggregate<{ _id: string }>(groups, READING).toArray()
  const others = [...places.values()].filter(isPresent).map(({ instance }) => instance.attribute)
  return [...drained.map(({ _id }) => _id), ...others]
}

function historyInstance(place: Present, carried: ReadonlySet<string>): HistoryInstance {
  const { attribute, dataset, observedAt, modifiedAt, deletedAt, text } = place.instance
  return {
    instanceId: nameOf(place, carried),
    attribute,
    ...(dataset !== '' && { datasetId: dataset }),
    ...(observedAt !== undefined && { observedAt }),
    modifiedAt,
    ...(deletedAt !== undefined && { deletedAt }),
    text,
  }
}
