import type { StoredEntity } from '../port/store.ts'
import { READING, type TenantCollections } from './mongo-documents.ts'

const STORED = { projection: { version: 1, text: 1 }, ...READING } as const

/** Answers an entity, found by its key alone: there are servers that look at all documents for any other filter. */
export async function readEntity(
  { entities }: TenantCollections,
  id: string,
): Promise<StoredEntity | undefined> {
  const found = await entities.findOne({ _id: id }, STORED)
  return found?.text === undefined ? undefined : { id, version: found.version, text: found.text }
}

/** Answers entities in the order of their ids, with gaps left out. */
export async function readEntities(
  { entities }: TenantCollections,
  ids: readonly string[],
): Promise<readonly StoredEntity[]> {
  if (ids.length === 0) return []
  const wanted = { _id: { $in: [...ids] }, text: { $exists: true } }
  const found = await entities.find(wanted, STORED).toArray()
  const byId = new Map(found.map(({ _id, version, text = '' }) => [_id, { id: _id, version, text }]))
  return ids.map((id) => byId.get(id)).filter((entity) => entity !== undefined)
}
