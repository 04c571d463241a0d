import { isJsonObject, type JsonValue } from '../../core/model/json.ts'
import { badRequestData } from '../../core/model/problem.ts'
import type { RevokeTokens, revokeTokens } from '../../operations/tokens/revoke-tokens.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'

/** The operation behind the route that revokes. */
export interface RevocationOperations {
  readonly revokeTokens: ReturnType<typeof revokeTokens>
}

const KINDS = ['token', 'grant', 'session', 'subject', 'issuer'] as const

/** Route of `/hub/v1/revocations`: tokens that are good no more; ours, not the standard's. */
export function revocationRoutes(operations: RevocationOperations): readonly Route[] {
  return [
    {
      method: 'POST',
      path: '/hub/v1/revocations',
      body: 'json',
      produces: ['application/json'],
      handle: revoke,
    },
  ]

  async function revoke({ caller, tenant, origin, body }: HubRequest): Promise<HubAnswer> {
    await operations.revokeTokens({ caller, tenant, origin, ...revocationIn(body) })
    return { status: 204 }
  }
}

function revocationIn(body: JsonValue | undefined): Pick<RevokeTokens, 'issuer' | 'kind' | 'id'> {
  const { issuer, kind: named, id, ...others } = isJsonObject(body) ? body : {}
  const kind = KINDS.find((one) => one === named)
  const [other] = Object.keys(others)
  if (other !== undefined) throw badRequestData(`Revocation has a member ${other}, which is not known here`)
  if (typeof issuer !== 'string' || issuer === '') throw badRequestData('Revocation names no issuer')
  if (kind === undefined) throw badRequestData(`Revocation is of no kind: ${KINDS.join(', ')}`)
  if (typeof id !== 'string' || id === '') throw badRequestData('Revocation has no id')
  if (kind === 'issuer' && id !== issuer)
    throw badRequestData('Revocation of an issuer has another id than its name')
  return { issuer, kind, id }
}
