import { badRequestData } from '../../core/model/problem.ts'
import type { revokeTokens } from '../../operations/tokens/revoke-tokens.ts'
import { checkedBody } from '../decode/checked-body.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'

/** The operation behind the route that revokes. */
export interface RevocationOperations {
  readonly revokeTokens: ReturnType<typeof revokeTokens>
}

/** Route of `/hub/v1/revocations`: tokens that are good no more; ours, not the standard's. */
export function revocationRoutes(operations: RevocationOperations): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/hub/v1/revocations',
      body: 'documented',
      produces: ['application/json'],
      handle: revoke,
    },
  ]

  async function revoke(request: HubRequest): Promise<HubAnswer> {
    const { caller, tenant, origin } = request
    const { issuer, kind, id } = checkedBody<'Revocation'>(request)
    if (kind === 'issuer' && id !== issuer)
      throw badRequestData('Revocation of an issuer has another id than its name')
    await operations.revokeTokens({ caller, tenant, origin, issuer, kind, id })
    return { status: 204 }
  }
}
