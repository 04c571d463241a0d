import type { Iri } from '../../core/model/iri.ts'
import type { Store } from '../../store/port/store.ts'
import type { Command } from '../command.ts'

/** Retrieve Available Entity Types (CIM 009 v1.9.1, 5.7.5) of this hub: expanded, sorted, from counters. */
export const retrieveEntityTypes =
  ({ store }: { readonly store: Store }) =>
  async ({ caller, tenant }: Command): Promise<readonly Iri[]> => {
    caller.check('read', tenant, { resource: 'entity' })
    const { types: seen } = caller.view(tenant)
    const { types } = await store.counters(tenant)
    return [...types.keys()].filter((type) => (types.get(type) ?? 0) > 0 && (seen?.has(type) ?? true)).sort()
  }
