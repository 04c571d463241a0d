import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Tenant } from '../broker/core/model/tenant.ts'
import { bindingOf, type Claims } from './policy/claims.ts'
import type { PolicySet } from './policy/rule.ts'

const COMPILED = 2000

/** What is compiled from: nothing else may decide. */
type Basis = readonly [policies: PolicySet, claims: Claims, tenant: Tenant]

/** Compiles once per policies in force, what they look at of the claims, and tenant; the last so many are kept. */
export function compiledOnce<T extends object>(
  hashOf: (claims: Claims) => string,
  compile: (...basis: Basis) => T,
): (...basis: Basis) => T {
  const compiled = new LRUCache<string, T>({ max: COMPILED })
  return (policies, claims, tenant) => {
    const key = `${policies.generation}${policies.moment ?? ''} ${hashOf(claims)} ${tenant}`
    const before = compiled.get(key)
    if (before) return before
    const made = compile(policies, claims, tenant)
    compiled.set(key, made)
    return made
  }
}

/** Makes what tells claims apart, as far as policies look at them. */
export function createClaimsHash(): (claims: Claims) => string {
  const hashes = new WeakMap<Claims, string>()
  return (claims) => {
    const hash = hashes.get(claims) ?? claimsHash(claims)
    hashes.set(claims, hash)
    return hash
  }
}

/** What policies look at, and nothing else: callers with equal rights share what is compiled. */
function claimsHash(claims: Claims): string {
  const { roles, organisation, city, client, purpose, assurance, anonymous } = claims
  const parts = [
    [...roles].sort(),
    organisation,
    city,
    client,
    purpose,
    assurance,
    anonymous,
    bindingOf(claims),
  ]
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
}
