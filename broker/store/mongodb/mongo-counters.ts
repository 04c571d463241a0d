import type { Counters } from '../port/store.ts'
import type { TenantCollections } from './mongo-documents.ts'

/** Counts types and attributes over all entities: a scan, other than in the embedded store. */
export async function readCounters(tenant: TenantCollections): Promise<Counters> {
  const types = await counted(tenant, 'types')
  const attributes = new Map<string, Map<string, number>>()
  for (const [pair, count] of await counted(tenant, 'pairs')) {
    const [attribute = '', type = ''] = pair.split(' ')
    attributes.set(attribute, (attributes.get(attribute) ?? new Map()).set(type, count))
  }
  return { types, attributes }
}

async function counted(
  { entities }: TenantCollections,
  field: 'types' | 'pairs',
): Promise<Map<string, number>> {
  const groups = entities.aggregate<{ _id: string; count: number }>([
    { $match: { text: { $exists: true } } },
    { $unwind: `$${field}` },
    { $group: { _id: `$${field}`, count: { $sum: 1 } } },
  ])
  return new Map((await groups.toArray()).map(({ _id, count }) => [_id, count]))
}
