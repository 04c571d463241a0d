import { createHmac } from 'node:crypto'
import type { Caller, CallerIdentity, RequestRate } from '../broker/core/model/caller.ts'
import { isJsonObject, type JsonObject, type JsonValue } from '../broker/core/model/json.ts'
import { Problem } from '../broker/core/model/problem.ts'
import { type Tenant, visibleTenant } from '../broker/core/model/tenant.ts'
import type { Micros } from '../broker/core/model/time.ts'
import { compiledOnce, createClaimsHash } from './compiled-once.ts'
import type { MaskKeys } from './masking/mask-keys.ts'
import { createMaskKit } from './masking/mask-kit.ts'
import type { Units } from './masking/units.ts'
import { OPEN_CALLER } from './open-caller.ts'
import { ANONYMOUS, type Claims } from './policy/claims.ts'
import { compileRates } from './policy/compile-rates.ts'
import { compileRights, type Rights } from './policy/compile-rights.ts'
import { compileView } from './policy/compile-view.ts'
import { narrowRows } from './policy/narrow-rows.ts'
import type { PolicySet } from './policy/rule.ts'
import { createPurposes, picked } from './purposes.ts'
import { checkBinding, type ShownProof } from './tokens/binding.ts'
import { inScheme, invalidToken } from './tokens/challenges.ts'
import type { LocalTokens } from './tokens/local-tokens.ts'
import type { ProofVerifier } from './tokens/proof-verifier.ts'
import type { Revocations } from './tokens/revocations.ts'
import { createBearerReader, type SentToken, sentToken } from './tokens/sent-token.ts'
import type { TokenVerifier } from './tokens/token-verifier.ts'

/** Role of another hub's own token. */
export const HUB_ROLE = 'hub'
/** Role that the policies see while a hub asks for one of its users; no token can carry it. */
export const ON_BEHALF_ROLE = 'hub.on-behalf'

const KEY_HEX_DIGITS = 24

/** What a request says of who sends it. */
export interface CallerHeaders {
  readonly authorization?: string | undefined
  /** Token of the user for whom another hub asks: header `Hub-On-Behalf-Of`. */
  readonly onBehalfOf?: string | undefined
  /** Which of the purposes of the token it is for: header `Hub-Purpose`. */
  readonly purpose?: string | undefined
}

const NOTHING_SHOWN: ShownProof = { method: '', path: '', certificate: () => undefined }

/** Tells who asks and what they may do. */
export interface Callers {
  /**
   * @throws Problem Unauthorized for a bad token or proof, Forbidden for a user's token from somebody who is no hub and
   * for a purpose that the token does not carry
   */
  of(headers: CallerHeaders, shown?: ShownProof): Promise<Caller>
  /** Answers what `of` would, where that is known already; of a request on nobody's behalf with a bearer token. */
  known(authorization: string | undefined, purpose?: string): Caller | undefined
  /** A caller with these claims, for parts of the hub itself and for stored delegations. */
  withClaims(claims: Claims): Caller
  /**
   * A caller with the rights that are left now of those that `Caller.delegation` was answered for; undefined: none are,
   * since the account or client is gone.
   */
  delegate(delegation: JsonObject): Caller | undefined
  /** May do everything and sees everything: for hubs that run without access control. */
  readonly open: Caller
}

/** Everything that `createCallers` works with. */
export interface CallerDependencies {
  readonly verifier: TokenVerifier
  readonly local: LocalTokens
  /** The policies in force: asked at every request, so that a reload is seen. */
  readonly policies: () => PolicySet
  readonly keys: MaskKeys
  /** Administrative units, for masks that tell one instead of a place. */
  readonly units?: Units
  /** What is left now of claims that a token once carried; undefined: nothing. Absent: all of them. */
  readonly standing?: (claims: Claims) => Claims | undefined
  /** Checks proofs of possession; absent: tokens that need one are refused. */
  readonly proofs?: ProofVerifier
  readonly revocations?: Pick<Revocations, 'isRevoked' | 'isDisowned' | 'follow'>
  readonly clock: () => Micros
  /** What a token without a purpose is for, and whoever has no token. */
  readonly defaultPurpose?: string
  /** How often each caller may ask, besides what policies say; absent: as often as it likes. */
  readonly rate?: RequestRate
}

/** Who was known last, by what it sent. */
interface LastKnown {
  readonly authorization: string | undefined
  readonly purpose: string | undefined
  readonly inForce: PolicySet
  readonly caller: Caller
}

const NO_PROOFS: ProofVerifier = {
  verify: () => Promise.reject(invalidToken('Access token is bound to a key, and no proofs are taken here')),
}

/** Builds callers from request headers; rights and views are compiled once per policies, claims and tenant. */
export function createCallers({
  verifier,
  local,
  policies,
  keys,
  units,
  standing = (claims) => claims,
  proofs = NO_PROOFS,
  revocations,
  clock,
  defaultPurpose,
  rate,
}: CallerDependencies): Callers {
  const kit = createMaskKit(keys, units)
  const bearerOf = createBearerReader()
  const hashOf = createClaimsHash()
  const views = compiledOnce(hashOf, (...basis) => compileView(...basis, kit))
  const rights = compiledOnce(hashOf, compileRights)
  const ruled = compiledOnce(hashOf, compileRates)
  const all = compiledOnce(hashOf, (...basis) => [...(rate ? [rate] : []), ...ruled(...basis)])
  const built = new WeakMap<Claims, { readonly inForce: PolicySet; readonly caller: Caller }>()
  /** A caller on nobody's behalf is built once for its claims and the policies in force. */
  const buildOnce = (claims: Claims, token: string | undefined): Caller => {
    const inForce = policies()
    const before = built.get(claims)
    if (before?.inForce === inForce) return before.caller
    const caller = build(claims, undefined, token)
    built.set(claims, { inForce, caller })
    return caller
  }
  const behind = new WeakMap<Claims, { readonly inForce: PolicySet; readonly caller: Caller }>()
  /** So is one for whom another hub asked. */
  const buildBehind = (claims: Claims, hub: Claims): Caller => {
    const inForce = policies()
    const before = behind.get(hub)
    if (before?.inForce === inForce) return before.caller
    const caller = build(claims, hub, undefined)
    behind.set(hub, { inForce, caller })
    return caller
  }
  const build = (claims: Claims, hub: Claims | undefined, token: string | undefined): Caller => {
    // a snapshot is seen and changed with the rights on what it was taken from
    const view = whileInForce((inForce, tenant) => {
      const own = views(inForce, trustedIn(claims, tenant) ? claims : anonymous, tenant)
      return hub ? narrowRows(own, views(inForce, trustedIn(hub, tenant) ? hub : anonymous, tenant)) : own
    })
    const check = whileInForce((inForce, tenant) => {
      if (!trustedIn(claims, tenant) || (hub && !trustedIn(hub, tenant))) return refuseTenant
      const own = rights(inForce, claims, tenant)
      return hub ? narrowRights(own, rights(inForce, hub, tenant)) : own
    })
    // another hub holds those whom it asks for to their rates itself, and what it asks is more than what they asked
    const isHub = hub !== undefined || claims.roles.includes(HUB_ROLE)
    const rates = whileInForce((inForce, tenant) => (isHub ? ruled : all)(inForce, claims, tenant))
    const mayBeRevoked = revocations && !claims.anonymous && claims.issuer !== 'local'
    return {
      key: callerKey(claims, keys.caller),
      name: claims.name ?? (claims.anonymous ? 'anonymous' : claims.subject),
      anonymous: claims.anonymous,
      roles: claims.roles,
      claims: told(claims),
      identity: identityOf(claims, hub && callerKey(hub, keys.caller)),
      ...endOf(claims, hub),
      ...purposeOf(claims),
      ...(!claims.anonymous && { issuer: claims.issuer }),
      ...(claims.assurance !== undefined && { assurance: claims.assurance }),
      ...(claims.issuer !== 'local' && { rates }),
      ...(mayBeRevoked && {
        isRevoked: () => revocations.isRevoked(claims) || (hub !== undefined && revocations.isRevoked(hub)),
      }),
      ...(token !== undefined && { token }),
      delegation: () => ({ claims: lasting(claims), ...(hub && { hub: lasting(hub) }) }),
      view,
      check: (action, tenant, target) => check(tenant)(action, target),
    }
  }
  /** Remembers the answer for the tenant asked for last: a request asks for one. Other rules in force give another answer. */
  function whileInForce<T>(answerFor: (inForce: PolicySet, tenant: Tenant) => T): (tenant: Tenant) => T {
    let last: { readonly inForce: PolicySet; readonly tenant: Tenant; readonly answer: T } | undefined
    return (tenant) => {
      const inForce = policies()
      if (last?.tenant !== tenant || last.inForce !== inForce)
        last = { inForce, tenant, answer: answerFor(inForce, visibleTenant(tenant)) }
      return last.answer
    }
  }
  const anonymous: Claims =
    defaultPurpose === undefined ? ANONYMOUS : { ...ANONYMOUS, purpose: defaultPurpose }
  const purposeful = createPurposes(defaultPurpose)
  const claimsOf = async (token: string, purpose: string | undefined): Promise<Claims> =>
    picked(purposeful(local.verify(token) ?? withoutReserved(await verifier.verify(token)), purpose))
  /** The claims of a token that whoever sent it may show. */
  const shownClaims = async (
    { scheme, token }: SentToken,
    purpose: string | undefined,
    shown: ShownProof,
  ): Promise<Claims> => {
    try {
      const claims = await claimsOf(token, purpose)
      if (scheme === 'DPoP' || claims.confirmation)
        await checkBinding({ scheme, token, claims }, shown, proofs)
      return claims
    } catch (error) {
      throw inScheme(error, scheme)
    }
  }
  const knownBy = (authorization: string | undefined, purpose: string | undefined): Caller | undefined => {
    if (authorization === undefined) {
      const claims = purposeful(anonymous, purpose)
      return claims && buildOnce(claims, undefined)
    }
    const token = bearerOf(authorization)
    if (token === undefined) return undefined
    const known = local.verify(token) ?? verifier.known(token)
    const claims = known && purposeful(withoutReserved(known), purpose)
    return claims && !claims.confirmation ? buildOnce(claims, handedOn(token, claims)) : undefined
  }
  let last: LastKnown | undefined
  revocations?.follow(() => {
    last = undefined
  })
  /** Clients send one token many times in a row: until it ends, is revoked, or other rules are in force, it is of the same caller. */
  const isSame = (authorization: string | undefined, purpose: string | undefined): boolean =>
    last !== undefined &&
    last.authorization === authorization &&
    last.purpose === purpose &&
    last.inForce === policies() &&
    (last.caller.validUntil === undefined || clock() < last.caller.validUntil)
  return {
    of: async ({ authorization, onBehalfOf, purpose }, shown = NOTHING_SHOWN) => {
      if (authorization === undefined && onBehalfOf === undefined)
        return buildOnce(picked(purposeful(anonymous, purpose)), undefined)
      const sent = sentToken(authorization)
      const claims = await shownClaims(sent, onBehalfOf === undefined ? purpose : undefined, shown)
      if (onBehalfOf === undefined) return buildOnce(claims, handedOn(sent.token, claims))
      if (!claims.roles.includes(HUB_ROLE)) {
        throw new Problem('Forbidden', 'Only other hubs may ask on behalf of somebody')
      }
      // whether the user may show the token was for that hub to find out
      const userToken = onBehalfOf.replace(/^(?:Bearer|DPoP) /i, '')
      const verified = withoutReserved(await verifier.verify(userToken))
      const user = picked(purposeful(verified, purpose))
      return build(user, { ...claims, roles: [ON_BEHALF_ROLE] }, userToken)
    },
    known: (authorization, purpose) => {
      if (isSame(authorization, purpose)) return last?.caller
      const caller = knownBy(authorization, purpose)
      if (caller) last = { authorization, purpose, inForce: policies(), caller }
      return caller
    },
    withClaims: (claims) => build(claims, undefined, undefined),
    delegate: (delegation) => {
      const [given, givenHub] = [claimsIn(delegation.claims), claimsIn(delegation.hub)]
      const left = (one: Claims): Claims | undefined =>
        revocations?.isDisowned(one) ? undefined : standing(one)
      const claims = given && left(given)
      const hub = givenHub && left(givenHub)
      if (!claims || (givenHub && !hub)) return undefined
      return hub ? buildBehind(claims, hub) : buildOnce(claims, undefined)
    },
    open: OPEN_CALLER,
  }
}

function identityOf(
  { client, organisation, city, purpose, assurance }: Claims,
  hub: string | undefined,
): CallerIdentity {
  return {
    ...(client !== undefined && { client }),
    ...(organisation !== undefined && { organisation }),
    ...(city !== undefined && { city }),
    ...(purpose !== undefined && { purpose }),
    ...(assurance !== undefined && { assurance }),
    ...(hub !== undefined && { hub }),
  }
}

/** The purpose of the configuration is this hub's alone. */
function purposeOf({ purpose, purposes = [] }: Claims): Pick<Caller, 'purpose'> {
  return purpose !== undefined && purposes.includes(purpose) ? { purpose } : {}
}

/** Whoever asks for somebody does so no longer than both tokens are good for. */
function endOf(...claims: readonly (Claims | undefined)[]): Pick<Caller, 'validUntil'> {
  const end = Math.min(...claims.map((each) => each?.expiresAt ?? Number.POSITIVE_INFINITY))
  return end === Number.POSITIVE_INFINITY ? {} : { validUntil: end * 1_000_000 }
}

/** Claims are JSON. */
function told({ confirmation, ...claims }: Claims): JsonObject {
  return { ...claims, ...(confirmation && { confirmation: { ...confirmation } }) }
}

/** Who acts for somebody later has no token to show. */
function lasting({ confirmation: _, ...claims }: Claims): JsonObject {
  return claims
}

/** Reads back what `Caller.delegation` answered. */
function claimsIn(value: JsonValue | undefined): Claims | undefined {
  return isJsonObject(value) ? (value as unknown as Claims) : undefined // kept by this hub from claims
}

/** Secrets of this process stay in it. */
function handedOn(token: string, { issuer }: Claims): string | undefined {
  return issuer === 'local' ? undefined : token
}

function withoutReserved(claims: Claims): Claims {
  if (!claims.roles.includes(ON_BEHALF_ROLE)) return claims
  return { ...claims, roles: claims.roles.filter((role) => role !== ON_BEHALF_ROLE) }
}

function refuseTenant(): never {
  throw invalidToken('Access token is of an issuer that is not trusted in this tenant')
}

function trustedIn({ tenants }: Claims, tenant: Tenant): boolean {
  return tenants === undefined || tenants.includes(tenant)
}

/** Keyed pseudonym of a subject: tells callers apart in logs without telling who they are. */
function callerKey({ issuer, subject, anonymous }: Claims, key: Uint8Array): string {
  if (anonymous) return 'anonymous'
  const hash = createHmac('sha256', key).update(JSON.stringify([issuer, subject]))
  return hash.digest('hex').slice(0, KEY_HEX_DIGITS)
}

function narrowRights(rights: Rights, by: Rights): Rights {
  return (action, target) => {
    rights(action, target)
    by(action, target)
  }
}
