import type { ClientMetadata } from 'oidc-provider'
import type { ConfiguredClient } from './accounts.ts'
import { DEMO_CLIENT, DEMO_GRANT } from './demo-client.ts'
import { sectorOf } from './subjects.ts'
import { TOKEN_EXCHANGE } from './token-exchange.ts'

const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code'

/** Writes a configured client as oidc-provider knows clients. @throws Error for one that cannot be */
export function clientMetadata(client: ConfiguredClient): ClientMetadata {
  const { id, secret, title = id, redirectUris = [], logoutUri, bound = false, thirdParty = false } = client
  if (thirdParty) sectorOf(client)
  return {
    client_id: id,
    client_name: title,
    redirect_uris: [...redirectUris],
    post_logout_redirect_uris: [...new Set(redirectUris.map((uri) => `${new URL(uri).origin}/`))],
    response_types: redirectUris.length > 0 ? ['code'] : [],
    ...(logoutUri !== undefined && {
      backchannel_logout_uri: logoutUri,
      backchannel_logout_session_required: true,
    }),
    dpop_bound_access_tokens: bound,
    ...(thirdParty && { subject_type: 'pairwise' }),
    grant_types: grantTypes(client),
    ...(secret === undefined
      ? { token_endpoint_auth_method: 'none' }
      : { client_secret: secret, token_endpoint_auth_method: 'client_secret_basic' }),
  }
}

/** Machines have a secret; applications of people have places to be sent back to, or none because they are devices. */
function grantTypes({
  secret,
  redirectUris = [],
  device = false,
  audiences = [],
}: ConfiguredClient): string[] {
  const people = redirectUris.length > 0
  return [
    ...(people ? ['authorization_code'] : []),
    ...(device ? [DEVICE] : []),
    ...(people || device ? ['refresh_token'] : []),
    ...(secret === undefined ? [] : ['client_credentials']),
    ...(secret === undefined || audiences.length === 0 ? [] : [TOKEN_EXCHANGE]),
  ]
}

/** The client that tokens of demo accounts are given to. */
export function demoClient(): ClientMetadata {
  return {
    client_id: DEMO_CLIENT,
    redirect_uris: [],
    response_types: [],
    grant_types: [DEMO_GRANT],
    token_endpoint_auth_method: 'none',
  }
}
