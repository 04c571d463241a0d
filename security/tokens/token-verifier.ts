import { hash } from 'node:crypto'
import { errors, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose'
import { LRUCache } from 'lru-cache'
import { Problem } from '../../broker/core/model/problem.ts'
import type { Micros } from '../../broker/core/model/time.ts'
import type { Egress } from '../egress/egress.ts'
import type { Claims } from '../policy/claims.ts'
import { ALGORITHMS, invalidToken } from './challenges.ts'
import { type ClaimReading, claimsOf } from './claims-of.ts'
import { createIssuerKeys, type IssuerKeys } from './issuer-keys.ts'
import { isNamed, type Revocations } from './revocations.ts'

/** An issuer whose tokens are accepted. */
export interface TrustedIssuer extends ClaimReading {
  readonly audience: string
  /** Where its keys are; absent: found by discovery. */
  readonly jwksUri?: string
  /** Keys of an issuer in this process: no request is made. */
  readonly keys?: () => JSONWebKeySet
}

/** Turns access tokens into claims; whether whoever shows one may is another question. */
export interface TokenVerifier {
  /** @throws Problem Unauthorized with the reason, and never a part of the token */
  verify(token: string): Promise<Claims>
  /** Answers the claims of a token that was verified before, has not ended and is not revoked. */
  known(token: string): Claims | undefined
}

const TYPES = new Set(['at+jwt', 'application/at+jwt', 'jwt', ''])
const LEEWAY_SECONDS = 30
const REMEMBERED = 10_000
const LONGEST_TOKEN = 16_384

/** Verifies tokens of the trusted issuers; what was verified once is remembered until it ends. */
export function createTokenVerifier({
  issuers,
  egress,
  clock,
  revocations,
}: {
  readonly issuers: readonly TrustedIssuer[]
  readonly egress: Egress
  readonly clock: () => Micros
  readonly revocations?: Pick<Revocations, 'isRevoked' | 'follow'>
}): TokenVerifier {
  const trusted = new Map(
    issuers.map((issuer) => [issuer.issuer, { ...issuer, source: createIssuerKeys(issuer, egress, clock) }]),
  )
  const known = new LRUCache<string, Claims>({ max: REMEMBERED })
  const hashOf = createTokenHash()
  // what is known stays good until its end: a revocation takes out what it is about
  revocations?.follow((revocation) => {
    for (const [key, claims] of known.entries())
      if (!revocation || isNamed(revocation, claims)) known.delete(key)
  })
  return {
    known: (token) => {
      const claims = known.get(hashOf(token))
      return claims && !hasEnded(claims, clock()) ? claims : undefined
    },
    verify: async (token) => {
      const key = hashOf(token)
      const before = known.get(key)
      if (before) return unended(before, clock())
      const issuer = trusted.get(issuerOf(token))
      if (!issuer) throw invalidToken('Access token is of an unknown issuer')
      const claims = claimsOf(await verifiedPayload(token, issuer, clock()), issuer)
      if (revocations?.isRevoked(claims)) throw invalidToken('Access token is revoked')
      known.set(key, claims)
      return claims
    },
  }
}

/** Tokens are remembered by their hashes; that of the last one is kept, for clients send one many times in a row. */
function createTokenHash(): (token: string) => string {
  let last: { readonly token: string; readonly hash: string } | undefined
  return (token) => {
    if (last?.token !== token) last = { token, hash: hash('sha256', token, 'base64url') }
    return last.hash
  }
}

function unended(claims: Claims, now: Micros): Claims {
  if (hasEnded(claims, now)) throw invalidToken('Access token is expired')
  return claims
}

function hasEnded({ expiresAt }: Claims, now: Micros): boolean {
  return (expiresAt ?? Number.POSITIVE_INFINITY) + LEEWAY_SECONDS <= now / 1_000_000
}

/** The issuer that a token names, before it is believed; here also what no key could make right is refused. */
function issuerOf(token: string): string {
  if (token.length > LONGEST_TOKEN) throw invalidToken('Access token is too long')
  const [head = '', body = '', signature = '', more] = token.split('.')
  const header = decodePart(head)
  const payload = decodePart(body)
  if (!header || !payload || more !== undefined) throw invalidToken('Access token is no signed JWT')
  if (header.alg === 'none' || signature === '') throw invalidToken('Access token is unsigned')
  if (!ALGORITHMS.includes(String(header.alg))) {
    throw invalidToken('Access token is signed with an algorithm that is not accepted')
  }
  if (!TYPES.has(String(header.typ ?? '').toLowerCase()))
    throw invalidToken('Access token is of another type')
  return typeof payload.iss === 'string' ? payload.iss : ''
}

function decodePart(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null ? { ...value } : undefined
  } catch {
    return undefined
  }
}

async function verifiedPayload(
  token: string,
  { issuer, audience, source }: TrustedIssuer & { readonly source: IssuerKeys },
  now: Micros,
): Promise<JWTPayload> {
  const options = {
    issuer,
    audience,
    algorithms: ALGORITHMS,
    clockTolerance: LEEWAY_SECONDS,
    currentDate: new Date(now / 1000),
    requiredClaims: ['exp', 'sub'],
  }
  try {
    return (await jwtVerify(token, source.key, options)).payload
  } catch (error) {
    throw error instanceof Problem ? error : invalidToken(reasonOf(error), error)
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'Access token is expired'
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'Access token has a bad signature'
  if (error instanceof errors.JWKSNoMatchingKey) return 'Access token is signed with an unknown key'
  if (error instanceof errors.JWTClaimValidationFailed) {
    switch (error.claim) {
      case 'aud':
        return 'Access token is for a wrong audience'
      case 'nbf':
        return 'Access token is not valid yet'
      case 'exp':
        return 'Access token never ends'
      case 'sub':
        return 'Access token names no subject'
    }
  }
  return 'Access token cannot be verified'
}
