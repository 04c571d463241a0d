import type { AttributeKind } from '../../core/model/entity.ts'
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
  const instances = new Map<string, number>()
  for (const [pair, count] of await counted(tenant, 'kinds')) {
    const [attribute = ''] = pair.split(' ')
    instances.set(attribute, (instances.get(attribute) ?? 0) + count)
  }
  return { types, attributes, instances, kinds: await readKinds(tenant) }
}

async function readKinds(tenant: TenantCollections): Promise<Counters['kinds']> {
  const kinds = new Map<string, Map<string, Set<AttributeKind>>>()
  for (const triple of (await counted(tenant, 'triples')).keys()) {
    const [attribute = '', type = '', kind = ''] = triple.split(' ')
    const ofAttribute = kinds.get(attribute) ?? new Map<string, Set<AttributeKind>>()
    const ofType = ofAttribute.get(type) ?? new Set()
    kinds.set(attribute, ofAttribute.set(type, ofType.add(kind as AttributeKind))) // written from one
  }
  return kinds
}

async function counted(
  { entities }: TenantCollections,
  field: 'types' | 'pairs' | 'kinds' | 'triples',
): Promise<Map<string, number>> {
  const groups = entities.aggregate<{ _id: string; count: number }>([
    { $match: { text: { $exists: true } } },
    { $unwind: `$${field}` },
    { $group: { _id: `$${field}`, count: { $sum: 1 } } },
  ])
  return new Map((await groups.toArray()).map(({ _id, count }) => [_id, count]))
}
