import { Problem } from '../../broker/core/model/problem.ts'
import { inScheme, invalidToken, type Scheme } from './challenges.ts'

/** A token and the scheme in which it was sent. */
export interface SentToken {
  readonly scheme: Scheme
  readonly token: string
}

/**
 * Reads the header Authorization. Another scheme is as good as no token: nothing is said about an error (RFC 6750, 3.1).
 * @throws Problem Unauthorized
 */
export function sentToken(authorization = ''): SentToken {
  const [, scheme = '', token] = /^(Bearer|DPoP)(?: +([\w.~+/=-]+) *$)?/i.exec(authorization) ?? []
  if (scheme === '')
    throw new Problem('Unauthorized', 'Authorization header is of a scheme that is not known')
  const known = scheme.toLowerCase() === 'dpop' ? 'DPoP' : 'Bearer'
  if (token === undefined) throw inScheme(invalidToken('Authorization header holds no token'), known)
  return { scheme: known, token }
}

/**
 * Makes what reads the bearer token of a header Authorization; undefined: it holds none. What was read last is kept, for
 * clients send one token many times in a row: the same text again is also the same to whoever compares it.
 */
export function createBearerReader(): (authorization: string) => string | undefined {
  let last: { readonly authorization: string; readonly token: string | undefined } | undefined
  return (authorization) => {
    if (last?.authorization !== authorization)
      last = { authorization, token: /^Bearer +([\w.~+/=-]+) *$/i.exec(authorization)?.[1] }
    return last.token
  }
}
