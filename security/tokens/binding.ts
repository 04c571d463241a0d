import type { Claims } from '../policy/claims.ts'
import { invalidToken, type Scheme } from './challenges.ts'
import type { ProofVerifier } from './proof-verifier.ts'

/** What a request shows besides its token of who sends it. */
export interface ShownProof {
  /** Header DPoP. */
  readonly proof?: string | undefined
  readonly method: string
  /** Path as it was asked for. */
  readonly path: string
  /** SHA-256 thumbprint of the verified certificate of the connection; undefined: it has none. */
  readonly certificate: () => string | undefined
}

/** A token as it was sent. */
export interface ShownToken {
  readonly scheme: Scheme
  readonly token: string
  readonly claims: Claims
}

/**
 * Checks that whoever shows a token is whom it was given to: by the key of its proof (RFC 9449) or the certificate of the
 * connection (RFC 8705); one that is bound to neither is a bearer token.
 * @throws Problem Unauthorized
 */
export async function checkBinding(
  { scheme, token, claims: { confirmation = {} } }: ShownToken,
  shown: ShownProof,
  proofs: ProofVerifier,
): Promise<void> {
  const { key, certificate, other } = confirmation
  if (other) throw invalidToken('Access token is bound in a way that is not known here')
  if (scheme === 'DPoP' && key === undefined) throw invalidToken('Access token is bound to no key')
  if (scheme === 'Bearer' && key !== undefined)
    throw invalidToken('Access token is bound to a key and is no bearer token')
  if (certificate !== undefined && certificate !== shown.certificate())
    throw invalidToken('Access token is bound to another certificate')
  if (key !== undefined) await proofs.verify({ ...shown, proof: shown.proof, token, key })
}
