import type { Filter } from 'mongodb'
import type { Micros } from '../../../core/model/time.ts'
import type { MovedDocument, MovedEntity } from '../../port/moved-store.ts'
import type { Erasure } from '../../port/past-selection.ts'
import { provisionedOf } from '../layout/entity-fields.ts'
import { erasuresOf } from '../log/redact-log.ts'
import type { KeptEntity, TenantCollections } from '../mongo-documents.ts'

/** Answers entities behind an id, and what is left of such; what a deletion alone leaves is none. */
export async function movedEntities(
  collections: TenantCollections,
  after: string,
  limit: number,
): Promise<readonly MovedEntity[]> {
  const told: Filter<KeptEntity> = { $or: [{ text: { $exists: true } }, { evolvedTypes: { $exists: true } }] }
  const rows = await collections.entities
    .find({ $and: [{ _id: { $gt: after } }, told] })
    .sort({ _id: 1 })
    .limit(limit)
    .toArray()
  return Promise.all(rows.map((row) => movedEntity(collections, row)))
}

async function movedEntity(collections: TenantCollections, found: KeptEntity): Promise<MovedEntity> {
  const { _id: id, place, version, text, last, deletedAt, evolvedTypes } = found
  const provisioned = provisionedOf(found)
  const erased = await numbered(collections, id, erasuresOf(found))
  return {
    ...{ id, place: place ?? version, version, evolved: evolvedTypes !== undefined },
    ...(text !== undefined && { text }),
    ...(provisioned && { provisioned }),
    ...(text === undefined &&
      deletedAt !== undefined && { deleted: { at: deletedAt, ...(last !== undefined && { text: last }) } }),
    ...(erased.length > 0 && { erased }),
  }
}

/** Versions are no numbers of the log here: the record of an erasure has both. */
async function numbered(
  { log }: TenantCollections,
  id: string,
  erasures: readonly Erasure[],
): Promise<readonly Erasure[]> {
  return Promise.all(
    erasures.map(async (erasure) => {
      const record = await log.findOne(
        { key: `evolution ${id} ${erasure.version}` },
        { projection: { _id: 1 } },
      )
      if (!record) throw new Error('Log has no record of an erasure that waits')
      return { ...erasure, version: record._id }
    }),
  )
}

/** Answers documents behind this one that do not expire by then. */
export async function movedDocuments(
  { documents }: TenantCollections,
  { after, limit, by }: { readonly after: string; readonly limit: number; readonly by: Micros },
): Promise<readonly MovedDocument[]> {
  const rows = await documents
    .find({
      $and: [
        { _id: { $gt: after }, text: { $exists: true } },
        { $or: [{ expires: { $exists: false } }, { expires: { $gt: by } }] },
      ],
    })
    .sort({ _id: 1 })
    .limit(limit)
    .toArray()
  return rows.map(({ collection, id, version, text = '', expires }) => ({
    ...{ collection: collection as MovedDocument['collection'], id, version, text }, // as it was written
    ...(expires !== undefined && { expiresAt: expires }),
  }))
}
