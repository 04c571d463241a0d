import type { Micros } from '../../core/model/time.ts'
import { documentKey } from '../port/moved-store.ts'
import type { DocumentUnit, StoredDocument } from '../port/store.ts'
import { type KeptDocument, READING, type TenantCollections } from './mongo-documents.ts'

type Collection = DocumentUnit['collection']

/** Answers a document that has not expired; undefined: there is none. */
export async function readDocument(
  { documents }: TenantCollections,
  { collection, id }: { readonly collection: Collection; readonly id: string },
  now: Micros,
): Promise<StoredDocument | undefined> {
  const found = await documents.findOne({ _id: documentKey(collection, id) }, READING)
  return found?.text !== undefined && (found.expires ?? Number.POSITIVE_INFINITY) > now
    ? storedDocument(found)
    : undefined
}

/** Answers documents of a collection that have not expired, by id. */
export async function readDocuments(
  { documents }: TenantCollections,
  {
    collection,
    after = '',
    limit,
  }: { readonly collection: Collection; readonly after?: string; readonly limit: number },
  now: Micros,
): Promise<readonly StoredDocument[]> {
  const rows = await documents
    .find({
      $and: [
        { collection, id: { $gt: after }, text: { $exists: true } },
        { $or: [{ expires: { $exists: false } }, { expires: { $gt: now } }] },
      ],
    })
    .sort({ id: 1 })
    .limit(limit)
    .maxTimeMS(READING.maxTimeMS)
    .toArray()
  return rows.map(storedDocument)
}

function storedDocument({ id, version, text = 'null' }: KeptDocument): StoredDocument {
  return { id, version, document: JSON.parse(text) }
}
