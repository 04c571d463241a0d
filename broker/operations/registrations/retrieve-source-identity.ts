import type { JsonObject } from '../../core/model/json.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import { formatDateTime, type Micros } from '../../core/model/time.ts'
import type { Federation } from '../../federation/federation.ts'

/** Retrieve Context Source Identity Information (CIM 009 v1.9.1, 5.15.1): who this hub is for the tenant. */
export const retrieveSourceIdentity =
  (dependencies: {
    readonly federation: Pick<Federation, 'alias'>
    readonly clock: () => Micros
    readonly startedAt: Micros
  }) =>
  ({ tenant }: { readonly tenant: Tenant }): JsonObject => {
    const { federation, clock, startedAt } = dependencies
    const alias = federation.alias(tenant)
    const now = clock()
    return {
      id: `urn:ngsi-ld:ContextSourceIdentity:${alias.replaceAll(/[^A-Za-z0-9._~-]/g, '-')}`,
      type: 'ContextSourceIdentity',
      contextSourceAlias: alias,
      contextSourceUptime: `PT${Math.max(0, Math.floor((now - startedAt) / 1_000_000))}S`,
      contextSourceTimeAt: formatDateTime(now),
    }
  }
