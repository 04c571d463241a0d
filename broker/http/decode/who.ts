import type { HubRequest } from '../route.ts'

/** Who asks, for which tenant, on which conditions: what every operation is told. */
export function who({
  caller,
  tenant,
  origin,
  precondition,
  attempt,
}: HubRequest): Pick<HubRequest, 'caller' | 'tenant' | 'origin' | 'precondition' | 'attempt'> {
  if (!precondition && attempt === undefined) return { caller, tenant, origin }
  return {
    caller,
    tenant,
    origin,
    ...(precondition && { precondition }),
    ...(attempt !== undefined && { attempt }),
  }
}
