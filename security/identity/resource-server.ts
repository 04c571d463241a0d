import type { ResourceServer } from 'oidc-provider'
import { ACCESS_TOKEN_SECONDS } from './lifetimes.ts'

/** The scope of access tokens. */
export const HUB_SCOPE = 'hub'

/** A hub as an OAuth resource: what its access tokens look like. */
export function resourceServerOf(audience: string): ResourceServer {
  return {
    scope: HUB_SCOPE,
    audience,
    accessTokenFormat: 'jwt',
    accessTokenTTL: ACCESS_TOKEN_SECONDS,
    jwt: { sign: { alg: 'ES256' } },
  }
}
