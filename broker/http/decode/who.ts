import type { HubRequest } from '../route.ts'

/** Who asks, for which tenant: what every operation is told. */
export function who({
  caller,
  tenant,
  origin,
  precondition,
}: HubRequest): Pick<HubRequest, 'caller' | 'tenant' | 'origin' | 'precondition'> {
  return precondition ? { caller, tenant, origin, precondition } : { caller, tenant, origin }
}
