import type { X509Certificate } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Configuration } from 'oidc-provider'

/** What a connection over TLS knows of who is at its other end. */
interface Certified {
  readonly authorized?: boolean
  readonly getPeerX509Certificate?: () => X509Certificate | undefined
}

type MutualTls = NonNullable<NonNullable<Configuration['features']>['mTLS']>

/**
 * Machines that show a certificate in place of a secret (RFC 8705): it is one that the server's authorities vouch for, its
 * name is the configured one, and tokens are bound to it.
 */
export function certificateFeature(): MutualTls {
  return {
    enabled: true,
    tlsClientAuth: true,
    certificateBoundAccessTokens: true,
    getCertificate: ({ req }) => certificateOf(req)?.toString(),
    certificateAuthorized: ({ req }) => connectionOf(req).authorized === true,
    certificateSubjectMatches: ({ req }, property, expected) =>
      property === 'tls_client_auth_san_dns' &&
      certificateOf(req)?.checkHost(expected, { subject: 'never', wildcards: false }) === expected,
  }
}

function connectionOf(request: IncomingMessage): Certified {
  return request.socket as Certified // a TLSSocket where the server speaks TLS
}

function certificateOf(request: IncomingMessage): X509Certificate | undefined {
  return connectionOf(request).getPeerX509Certificate?.()
}
