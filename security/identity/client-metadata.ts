import type { ClientMetadata } from 'oidc-provider'
import type { ConfiguredClient } from './accounts.ts'
import { DEMO_CLIENT, DEMO_GRANT } from './demo-client.ts'
import { sectorOf } from './subjects.ts'
import { TOKEN_EXCHANGE } from './token-exchange.ts'

const DEVICE = 'urn:ietf:params:oauth:grant-type:device_code'

/** Writes a configured client as oidc-provider knows clients. @throws Error for one that cannot be */
export function clientMetadata(client: ConfiguredClient): ClientMetadata {
  const { id, title = id, redirectUris = [], logoutUri, bound = false, thirdParty = false } = client
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
    ...authentication(client),
  }
}

/** A certificate goes before a secret, and binds what is given for it. */
function authentication({ secret, certificate }: ConfiguredClient): Partial<ClientMetadata> {
  if (certificate !== undefined) {
    return {
      token_endpoint_auth_method: 'tls_client_auth',
      tls_client_auth_san_dns: certificate,
      tls_client_certificate_bound_access_tokens: true,
    }
  }
  return secret === undefined
    ? { token_endpoint_auth_method: 'none' }
    : { client_secret: secret, token_endpoint_auth_method: 'client_secret_basic' }
}

/** Machines have a secret or a certificate; applications of people have places to be sent back to, or none: devices. */
function grantTypes(client: ConfiguredClient): string[] {
  const { secret, certificate, redirectUris = [], device = false, audiences = [] } = client
  const people = redirectUris.length > 0
  const machine = secret !== undefined || certificate !== undefined
  return [
    ...(people ? ['authorization_code'] : []),
    ...(device ? [DEVICE] : []),
    ...(people || device ? ['refresh_token'] : []),
    ...(machine ? ['client_credentials'] : []),
    ...(machine && audiences.length > 0 ? [TOKEN_EXCHANGE] : []),
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
