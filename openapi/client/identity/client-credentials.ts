import { unlessAborted } from '../transport/retry.ts'
import type { TokenSource } from '../transport/transport.ts'
import { Issuer, type IssuerOptions, type Tokens } from './issuer.ts'

/** A machine that has a secret at an issuer. */
export interface ClientCredentials extends IssuerOptions {
  readonly clientSecret: string
  /** Whom the token is for, where the issuer needs to be told (RFC 8707). */
  readonly resource?: string
}

/** Tokens are renewed so many milliseconds before they end. */
export const EARLY = 30_000

/**
 * Answers tokens by client credentials (RFC 6749, 4.4): one is kept until shortly before it ends, and one request gets another for
 * all who wait for it. @throws LoginFault when the issuer refuses
 */
export function clientCredentials({ clientSecret, resource, ...options }: ClientCredentials): TokenSource {
  const issuer = new Issuer(options)
  const { clientId, scope } = options
  const credentials = btoa([clientId, clientSecret].map(formEncoded).join(':'))
  let kept: Tokens | undefined
  let renewing: Promise<Tokens> | undefined

  return async ({ refused, signal }) => {
    if (kept && kept.token !== refused && kept.until - EARLY > Date.now()) return kept.token
    renewing ??= issuer
      .tokens(
        { grant_type: 'client_credentials', scope, resource },
        { headers: { authorization: `Basic ${credentials}` }, harmless: true },
      )
      .finally(() => {
        renewing = undefined
      })
    kept = await unlessAborted(renewing, signal)
    return kept.token
  }
}

/** Ids and secrets are encoded before they go into the header (RFC 6749, 2.3.1). */
function formEncoded(text: string): string {
  return String(new URLSearchParams([['', text]])).slice(1)
}
