import type { Caller } from '../../core/model/caller.ts'
import { isIri } from '../../core/model/iri.ts'
import { badRequestData, Problem } from '../../core/model/problem.ts'
import type { Tenant } from '../../core/model/tenant.ts'
import type { Exchange } from '../exchange.ts'
import type { Route } from '../route.ts'

/** Answers the hidden tenant of a snapshot of the caller. @throws Problem */
export type UseSnapshot = (command: {
  readonly caller: Caller
  readonly tenant: Tenant
  readonly origin: { readonly by: string }
  readonly id: string
}) => Promise<Tenant>

/** Resources of the Core API, which are those that a snapshot has (CIM 009 v1.9.1, 4.3.5 and 5.5.15). */
const CORE = /^\/ngsi-ld\/v1\/(?:entities|entityOperations|types|attributes|entityMaps)(?:\/|$)/

/** Who asks, and for what. */
export interface Scope {
  readonly caller: Caller
  readonly tenant: Tenant
  /** An operation on a snapshot is local, whatever `local` says (CIM 009 v1.9.1, 5.5.13). */
  readonly query: URLSearchParams
}

/**
 * Leads a request that names a snapshot to the tenant that holds it (CIM 009 v1.9.1, 6.3.22): the header comes back
 * with the answer. @throws Problem
 */
export async function enterSnapshot(
  { request, headers }: Exchange,
  route: Route,
  { scope, useSnapshot }: { readonly scope: Scope; readonly useSnapshot: UseSnapshot },
): Promise<Tenant> {
  const { caller, tenant, query } = scope
  const id = request.headers['ngsild-snapshot']
  if (typeof id !== 'string' || !isIri(id)) throw badRequestData('Header NGSILD-Snapshot is no URI')
  headers['NGSILD-Snapshot'] = id
  if (!CORE.test(route.path)) {
    throw new Problem(
      'OperationNotSupported',
      'Snapshots hold entities only, which this resource is not about',
    )
  }
  if (route.parameters?.includes('local')) query.set('local', 'true')
  return useSnapshot({ caller, tenant, origin: { by: caller.key }, id })
}
