import type { HubRequest } from '../route.ts'

/** Who asks, for which tenant: what every operation is told. */
export function who({
  caller,
  tenant,
  origin,
}: HubRequest): Pick<HubRequest, 'caller' | 'tenant' | 'origin'> {
  return { caller, tenant, origin }
}
