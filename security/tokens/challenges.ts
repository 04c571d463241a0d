import { Problem } from '../../broker/core/model/problem.ts'

/** Algorithms of tokens and of proofs: asymmetric ones alone, so that a public key is never taken as a secret. */
export const ALGORITHMS = ['ES256', 'PS256', 'RS256', 'EdDSA']

/** Schemes of the header Authorization: RFC 6750 and RFC 9449. */
export type Scheme = 'Bearer' | 'DPoP'

const ALGS = `algs="${ALGORITHMS.join(' ')}"`

/** Answers what a refusal that says nothing about it asks for, header WWW-Authenticate; undefined: nothing. */
export type Challenges = (
  problem: Problem,
  /** Who is refused, where that is known. */
  caller?: { readonly issuer?: string },
) => string | undefined

/**
 * A request without a usable token is asked for one, in either scheme; one whose caller has to show better who it is, for
 * a token with one of the `acr` values that its own issuer gives (RFC 9470, 3): those of others stand for something else.
 */
export function createChallenges({
  realm,
  assurance,
}: {
  readonly realm: string
  /** Levels by `acr` values, by issuer. */
  readonly assurance: ReadonlyMap<string, Readonly<Record<string, number>>>
}): Challenges {
  const tokenWanted = `Bearer realm="${realm}", DPoP ${ALGS}`
  return ({ code, message, members }, { issuer = '' } = {}) => {
    if (code === 'Unauthorized') return tokenWanted
    if (code !== 'StepUpRequired') return undefined
    const values = Object.entries(assurance.get(issuer) ?? {}).sort(([, one], [, other]) => one - other)
    const enough = values.filter(([, level]) => level >= Number(members.assurance)).map(([acr]) => acr)
    const wanted = `Bearer error="insufficient_user_authentication", error_description="${message}"`
    return enough.length === 0 ? wanted : `${wanted}, acr_values="${enough.join(' ')}"`
  }
}

/** Answers the refusal of a token: 401 with the reason, as RFC 6750 asks. */
export function invalidToken(text: string, cause?: unknown): Problem {
  return new Problem('Unauthorized', text, {
    cause,
    headers: { 'WWW-Authenticate': `Bearer error="invalid_token", error_description="${text}"` },
  })
}

/** Answers the refusal of a token's proof: 401 with the reason (RFC 9449, 7.1). */
export function invalidProof(text: string, cause?: unknown): Problem {
  return new Problem('Unauthorized', text, {
    cause,
    headers: {
      'WWW-Authenticate': `DPoP error="invalid_dpop_proof", error_description="${text}", ${ALGS}`,
    },
  })
}

/** Asks for a proof that holds this nonce (RFC 9449, 9). */
export function nonceWanted(nonce: string): Problem {
  const text = 'DPoP proof has to hold the nonce that this answer gives'
  return new Problem('Unauthorized', text, {
    headers: {
      'WWW-Authenticate': `DPoP error="use_dpop_nonce", error_description="${text}", ${ALGS}`,
      'DPoP-Nonce': nonce,
      'Cache-Control': 'no-store',
    },
  })
}

/** Answers the same refusal in the words of the scheme that was used. */
export function inScheme(error: unknown, scheme: Scheme): unknown {
  if (scheme === 'Bearer' || !(error instanceof Problem)) return error
  const { code, message, cause, members, headers } = error
  const challenge = headers['WWW-Authenticate']
  if (!challenge?.startsWith('Bearer ')) return error
  return new Problem(code, message, {
    ...{ cause, members },
    headers: { ...headers, 'WWW-Authenticate': `${challenge.replace('Bearer', 'DPoP')}, ${ALGS}` },
  })
}
