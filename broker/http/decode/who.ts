import type { HubRequest } from '../route.ts'

type Who = Pick<
  HubRequest,
  | 'caller'
  | 'tenant'
  | 'origin'
  | 'precondition'
  | 'attempt'
  | 'carriedOut'
  | 'explanation'
  | 'provenance'
  | 'disclose'
>

/** Who asks, for which tenant, on which conditions: what every operation is told. */
export function who({
  caller,
  tenant,
  origin,
  precondition,
  attempt,
  carriedOut,
  explanation,
  provenance,
  disclose,
}: HubRequest): Who {
  return {
    caller,
    tenant,
    origin,
    ...(precondition && { precondition }),
    ...(attempt !== undefined && { attempt }),
    ...(carriedOut && { carriedOut }),
    ...(explanation && { explanation }),
    ...(provenance && { provenance }),
    ...(disclose && { disclose }),
  }
}
