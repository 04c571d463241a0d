import { Problem } from '../broker/core/model/problem.ts'
import type { Claims } from './policy/claims.ts'

/** Puts a purpose in force: the one that is asked for, where the claims have it; undefined: they have not. */
export type Purposes = (claims: Claims, asked: string | undefined) => Claims | undefined

/** Claims with another purpose are made once; `standard` is that of whoever has none. */
export function createPurposes(standard: string | undefined): Purposes {
  const made = new WeakMap<Claims, Map<string, Claims>>()
  return (claims, asked) => {
    const purpose = asked ?? claims.purpose ?? standard
    if (purpose === undefined || purpose === claims.purpose) return claims
    if (purpose !== standard && !claims.purposes?.includes(purpose)) return undefined
    const variants = made.get(claims) ?? new Map<string, Claims>()
    const claimsFor = variants.get(purpose) ?? { ...claims, purpose }
    made.set(claims, variants.set(purpose, claimsFor))
    return claimsFor
  }
}

/** Refuses a purpose that the caller does not have. @throws Problem Forbidden */
export function picked(claims: Claims | undefined): Claims {
  if (claims) return claims
  throw new Problem('Forbidden', 'Purpose in header Hub-Purpose is none of this caller')
}
