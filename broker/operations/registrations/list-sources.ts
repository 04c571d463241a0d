import type { Caller } from '../../core/model/caller.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Federation, SourceReport } from '../../federation/federation.ts'

export type { SourceReport } from '../../federation/federation.ts'

/** Answers how each source of the tenant is doing, for those who watch the federation. @throws Problem Forbidden */
export const listSources =
  ({ federation }: { readonly federation: Pick<Federation, 'sources'> }) =>
  ({ caller, tenant }: { readonly caller: Caller; readonly tenant: Tenant }): readonly SourceReport[] => {
    caller.check('read', tenant, { resource: 'federation' })
    return federation.sources(tenant)
  }
