import type { Store } from '../../store/port/store.ts'
import type { StoreSize } from '../../store/port/store-size.ts'
import type { Command } from '../command.ts'

/** Answers what the tenant takes on disk, as it was measured last; undefined: not yet. @throws Problem Forbidden */
export const retrieveStoreSize =
  ({ store }: { readonly store: Pick<Store, 'size'> }) =>
  async ({ caller, tenant }: Pick<Command, 'caller' | 'tenant'>): Promise<StoreSize | undefined> => {
    caller.check('read', tenant, { resource: 'store' })
    return store.size(tenant)
  }
