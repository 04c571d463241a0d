import type { PublishedKey } from '../../../security/identity/identity-provider.ts'
import type { JsonObject } from '../../core/model/json.ts'
import { formatDateTime } from '../../core/model/time.ts'
import type { listSigningKeys } from '../../operations/identity/list-signing-keys.ts'
import type { rotateSigningKeys } from '../../operations/identity/rotate-signing-keys.ts'
import { checkedBody } from '../decode/checked-body.ts'
import { who } from '../decode/who.ts'
import type { HubAnswer, HubRequest, Route } from '../route.ts'

/** The operations behind the keys of the built-in identity provider. */
export interface IdentityOperations {
  readonly listSigningKeys: ReturnType<typeof listSigningKeys>
  readonly rotateSigningKeys: ReturnType<typeof rotateSigningKeys>
}

/** Routes of `/hub/v1/identity`: what an operator does to the built-in provider; ours, not the standard's. */
export function identityRoutes(operations: IdentityOperations): readonly Route[] {
  return [
    {
      method: 'GET',
      path: '/hub/v1/identity/keys',
      body: 'none',
      produces: ['application/json'],
      handle: async (request) => answer(operations.listSigningKeys(who(request))),
    },
    {
      method: 'POST',
      path: '/hub/v1/identity/keys',
      body: 'documented',
      produces: ['application/json'],
      handle: rotate,
    },
  ]

  async function rotate(request: HubRequest): Promise<HubAnswer> {
    const { withdraw = false } = checkedBody<'KeyRotation'>(request)
    return answer(await operations.rotateSigningKeys({ ...who(request), withdraw }))
  }
}

function answer(keys: readonly PublishedKey[]): HubAnswer {
  const members = keys.map(
    ({ id, use, since, until }): JsonObject => ({
      kid: id,
      use,
      ...(since !== undefined && { since: formatDateTime(since) }),
      ...(until !== undefined && { until: formatDateTime(until) }),
    }),
  )
  return { status: 200, body: { keys: members } }
}
