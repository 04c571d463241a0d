import type { AnyBulkWriteOperation } from 'mongodb'
import type { LogRecord } from '../../../core/model/change.ts'
import { parseEntity } from '../../port/change.ts'
import { dayOf } from '../../port/days.ts'
import {
  documentKey,
  type HistoryStretch,
  type KeyRange,
  type MovedDocument,
  type MovedEntity,
  timeOf,
} from '../../port/moved-store.ts'
import type { HistoryInstance } from '../../port/store.ts'
import { entityFields, united } from '../layout/entity-fields.ts'
import { placed } from '../log/change-record.ts'
import type { KeptEntity, KeptPlace, TenantCollections } from '../mongo-documents.ts'
import { daysOfEntity } from '../totals/day-keys.ts'
import { markAgain } from '../totals/marked-days.ts'

/** What is taken is no older than anything that comes. */
const VERSION = 0

/** Has these records in a range, and no others. */
export async function takeLog(
  { log }: TenantCollections,
  range: KeyRange<number>,
  records: readonly LogRecord[],
): Promise<void> {
  await log.deleteMany({ _id: within(range) })
  const rows = records.map(({ sequence: _id, ...record }) => ({
    _id,
    key: `${record.collection} ${record.id} ${_id}`,
    text: JSON.stringify(record),
  }))
  if (rows.length > 0) await log.insertMany(rows)
}

/** Has these entities in a range, and no others, nor a history of others. */
export async function takeEntities(
  { entities, history, totals }: TenantCollections,
  range: KeyRange<string>,
  taken: readonly MovedEntity[],
): Promise<void> {
  const ids = taken.map(({ id }) => id)
  const gone = await entities
    .find({ _id: { ...within(range), $nin: ids } })
    .project<Pick<KeptEntity, '_id'>>({ _id: 1 })
    .toArray()
  if (gone.length > 0) await history.deleteMany({ 'instance.entity': { $in: gone.map(({ _id }) => _id) } })
  for (const { _id } of gone) await totals.deleteMany(daysOfEntity(_id))
  await entities.deleteMany({ _id: within(range) })
  if (taken.length === 0) return
  const moved = new Set(
    await history.distinct('instance.entity', { 'instance.entity': { $in: ids }, name: { $exists: true } }),
  )
  await entities.insertMany(taken.map((entity) => keptEntity(entity, moved.has(entity.id))))
}

function keptEntity(
  { id, place, version, text, evolved, provisioned, deleted, erased }: MovedEntity,
  moved: boolean,
): KeptEntity {
  const state = text === undefined ? undefined : parseEntity(text)
  const types = state?.types ?? (deleted?.text === undefined ? [] : parseEntity(deleted.text).types)
  return {
    ...{ _id: id, version, written: version, changes: [] },
    ...(state && { place }),
    ...entityFields(state),
    ...(evolved && { evolvedTypes: united(types, provisioned?.types) }),
    ...(provisioned && { provisioned: JSON.stringify(provisioned) }),
    ...(deleted && { deletedAt: deleted.at, ...(deleted.text !== undefined && { last: deleted.text }) }),
    ...(erased && { erased: JSON.stringify(erased) }),
    ...(moved && { moved }),
  }
}

/** Has these instances in a stretch of the history of an entity, and no others. */
export async function takeInstances(
  collections: TenantCollections,
  id: string,
  { attribute, from, to }: HistoryStretch,
  taken: readonly HistoryInstance[],
): Promise<void> {
  const { entities, history, totals } = collections
  const time = { ...(from !== undefined && { $gte: from }), ...(to !== undefined && { $lt: to }) }
  await history.deleteMany({
    'instance.entity': id,
    ...(attribute !== undefined && { 'instance.attribute': attribute }),
    ...(Object.keys(time).length > 0 && { 'instance.time': time }),
  })
  await totals.deleteMany(daysOfEntity(id, attribute === undefined ? undefined : [attribute]))
  if (taken.length === 0) return
  const places = taken.map((told) => keptPlace(id, told))
  const writes = places.map(
    (replacement): AnyBulkWriteOperation<KeptPlace> => ({
      replaceOne: { filter: { _id: replacement._id }, replacement, upsert: true },
    }),
  )
  await history.bulkWrite(writes, { ordered: false })
  await markAgain(
    collections,
    taken.flatMap(({ attribute: name, observedAt }) =>
      observedAt === undefined ? [] : [{ entity: id, attribute: name, day: dayOf(observedAt) }],
    ),
    { upsert: true },
  )
  if (places.some(({ name }) => name !== undefined))
    await entities.updateOne({ _id: id }, { $set: { moved: true } })
}

function keptPlace(entity: string, told: HistoryInstance): KeptPlace {
  const { instanceId: name, attribute, datasetId, deletedAt } = told
  const series = {
    attribute,
    ...(datasetId !== undefined && { datasetId }),
    deleted: deletedAt !== undefined,
  }
  const place = placed(entity, { place: { ...series, time: timeOf(told) }, instance: told })
  return { ...place, version: VERSION, ...(name !== place._id && { name }) }
}

/** Has these documents in a range, and no others. */
export async function takeDocuments(
  { documents }: TenantCollections,
  range: KeyRange<string>,
  taken: readonly MovedDocument[],
): Promise<void> {
  await documents.deleteMany({ _id: within(range) })
  if (taken.length === 0) return
  await documents.insertMany(
    taken.map(({ collection, id, version, text, expiresAt }) => ({
      ...{ _id: documentKey(collection, id), collection, id, version, written: version, text, changes: [] },
      ...(expiresAt !== undefined && { expires: expiresAt }),
    })),
  )
}

function within<Key>({ after, to }: KeyRange<Key>): { $gt?: Key; $lte?: Key } {
  return { ...(after !== undefined && { $gt: after }), ...(to !== undefined && { $lte: to }) }
}
