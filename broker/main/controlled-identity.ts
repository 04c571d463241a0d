import { createHmac } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { identityRecords } from '../../security/audit/identity-records.ts'
import {
  type CallerHeaders,
  type Callers,
  createCallers,
  HUB_ROLE,
  ON_BEHALF_ROLE,
} from '../../security/callers.ts'
import type { ServiceClient } from '../../security/credentials/issued-tokens.ts'
import type { Account } from '../../security/identity/accounts.ts'
import type { IdentityRecords } from '../../security/identity/identity-events.ts'
import type { IdentityProvider } from '../../security/identity/identity-provider.ts'
import type { Lifetimes } from '../../security/identity/lifetimes.ts'
import { createMaskKeys } from '../../security/masking/mask-keys.ts'
import { createUnits } from '../../security/masking/units.ts'
import type { Claims } from '../../security/policy/claims.ts'
import type { PolicySet } from '../../security/policy/rule.ts'
import { underRestrictions } from '../../security/privacy/restricted-data.ts'
import { createChallenges } from '../../security/tokens/challenges.ts'
import { ASSURANCE } from '../../security/tokens/claims-of.ts'
import { createLocalTokens } from '../../security/tokens/local-tokens.ts'
import { createProofVerifier } from '../../security/tokens/proof-verifier.ts'
import { openRevocations, type Revocations } from '../../security/tokens/revocations.ts'
import {
  createTokenVerifier,
  type TokenVerifier,
  type TrustedIssuer,
} from '../../security/tokens/token-verifier.ts'
import type { Config } from '../config.ts'
import type { Tenant } from '../core/model/tenant.ts'
import type { RoleView } from '../operations/views/view-entity-by-role.ts'
import { timeOfDay } from './clock.ts'
import type { AssembledIdentity, IdentityParts } from './identity.ts'
import { toldKeys, toldRevocations } from './in-step.ts'
import { type MaskKeyFile, openMaskKeyFile, underEpoch } from './mask-key-file.ts'
import { hubOf, readPolicies } from './policies.ts'
import { createPolicySource, readyForAreas } from './policy-source.ts'
import { readPolicyVersions } from './policy-versions.ts'
import { rateOfCallers } from './rates.ts'
import { shownBy } from './shown-by.ts'
import { type IssueFor, sourceTrust } from './source-trust.ts'
import { watchPolicies } from './watch-policies.ts'

const CONSOLE_CLIENT = 'console'

/** Puts issuers, policies and the built-in provider together. @throws ConfigError for faulty policies */
export async function controlledIdentity(config: Config, parts: IdentityParts): Promise<AssembledIdentity> {
  const first = readPolicies(config, parts)
  const policies = createPolicySource(first, {
    ...parts,
    paths: config.auth.policies,
    hub: hubOf(config, parts.engine),
    vocabulary: first.vocabulary,
    versions: await readPolicyVersions(parts, first),
  })
  const keyFile = openKeys(config, parts)
  const keys = createMaskKeys({
    secret: parts.secret,
    city: config.city,
    ...(keyFile && { epoch: keyFile.epoch }),
  })
  await readyForAreas(first, parts.engine)
  const own: ServiceClient = {
    audience: config.auth.audience,
    client: `hub.${config.name}`,
    // every process is the same client
    secret: keyFor(parts.secret, 'own client').toString('base64url'),
    tokenUrl: `${parts.url}/oidc/token`,
  }
  const revocations = toldRevocations(await openRevocations(parts), parts)
  const issuer = `${parts.url}/oidc`
  const records =
    parts.audit &&
    identityRecords({
      ...{ audit: parts.audit, issuer, key: keys.caller },
      withClaims: (claims) => callers.withClaims(claims),
    })
  // the provider exchanges tokens that this verifier takes, and the verifier takes those of the provider
  const provider = config.identity.enabled
    ? await startProvider(config, parts, {
        ...{ own, revocations, ...(records && { records }) },
        verify: (token) => verifier.verify(token),
      })
    : undefined
  const verifier = createTokenVerifier({
    issuers: trustedIssuers(config, parts.url, provider),
    egress: parts.egress,
    clock: parts.clock,
    revocations,
  })
  const local = createLocalTokens()
  const rate = rateOfCallers(config)
  const callers = createCallers({
    verifier,
    proofs: createProofVerifier({
      urls: [parts.url, ...config.auth.proofUrls],
      clock: parts.clock,
      ...(!parts.inStep.processes.alone && { nonceKey: keyFor(parts.secret, 'nonces of proofs') }),
    }),
    revocations,
    clock: timeOfDay,
    ...(config.auth.defaultPurpose !== '' && { defaultPurpose: config.auth.defaultPurpose }),
    local,
    ...(rate && { rate }),
    policies: underRestrictions(
      keyFile ? underEpoch(policies.current, () => keys.epoch) : policies.current,
      parts.restrictions,
    ),
    keys,
    units: createUnits(parts.units),
    standing: standingOf(config, parts.url, provider),
  })
  const feedToken = local.issue('feeds', ['feed'], config.city === '' ? {} : { city: config.city })
  const login = loginOf(config, parts.url)
  return {
    ...(provider && { provider }),
    caller: (request) => callers.of(headersOf(request), shownBy(request)),
    revocations,
    challenge: createChallenges({ realm: config.name, assurance: assuranceOf(config, issuer) }),
    knownCaller: callers.known,
    local: callers.open,
    delegate: callers.delegate,
    outbound: sourceTrust(config, {
      egress: parts.egress,
      clock: parts.clock,
      ...(provider && { own, issueFor: issuingFor(provider, own) }),
    }),
    indicators: callers.withClaims({
      subject: 'indicators',
      issuer: 'local',
      roles: ['indicator'],
      anonymous: false,
      ...(config.city !== '' && { city: config.city }),
    }),
    feedToken: () => Promise.resolve(feedToken),
    roleViews: (tenant) => roleViews(policies.current(), callers, tenant, config.city),
    policies,
    followPolicies: async (changed) => {
      policies.onChange(changed)
      const { policies: paths, watch } = config.auth
      return watch > 0 ? watchPolicies(paths, watch, policies) : () => undefined
    },
    ...(login && { login }),
    ...(keyFile && { stop: keyFile.stop }),
  }
}

function openKeys({ masking }: Config, { log }: IdentityParts): MaskKeyFile | undefined {
  if (masking.keyFile === '') return undefined
  return openMaskKeyFile(masking.keyFile, (err) => log.error({ err }, 'file of keys is not followed'))
}

/** Answers a key of the hub for one thing: all processes over one store have the same. */
function keyFor(secret: Uint8Array, what: string): Buffer {
  return createHmac('sha256', secret).update(what).digest()
}

/** The provider knows the hub itself as a client. */
async function startProvider(
  config: Config,
  parts: IdentityParts,
  {
    own,
    ...more
  }: {
    readonly own: ServiceClient
    readonly revocations: Revocations
    readonly verify: TokenVerifier['verify']
    readonly records?: IdentityRecords
  },
): Promise<IdentityProvider> {
  const { createIdentityProvider } = await import('../../security/identity/identity-provider.ts')
  const { hashPassword } = await import('../../security/identity/password.ts')
  const self = {
    id: own.client,
    secret: await hashPassword(own.secret),
    roles: [HUB_ROLE],
    audiences: config.federation.sources.map(({ audience = config.auth.audience }) => audience),
  }
  const provider = await createIdentityProvider({
    issuer: `${parts.url}/oidc`,
    store: parts.store,
    name: config.title || config.name,
    accounts: accountsOf(config),
    clients: [...config.identity.clients, self],
    resource: config.auth.audience,
    resourceUrls: [parts.url, `${parts.url}/`, `${parts.url}/mcp`],
    demoGrant: config.identity.demoGrant,
    demoPassword: config.identity.demoPassword,
    secret: parts.secret,
    keyDays: config.identity.keyDays,
    lifetimes: lifetimesOf(config),
    egress: parts.egress,
    ...more,
    clock: parts.clock,
    log: (record, text) => parts.log.error(record, text),
  })
  return toldKeys(provider, parts.inStep)
}

/** Who left a subscription here is known at other hubs too when its token has ended. */
function issuingFor(provider: IdentityProvider, { client }: ServiceClient): IssueFor {
  return async (caller, audience) => {
    const { claims, hub } = caller.delegation() as { readonly claims?: Claims; readonly hub?: Claims } // as callers.ts has it
    if (!claims || hub || claims.anonymous || claims.issuer !== provider.issuer) return undefined
    return provider.issueFor({ subject: claims.subject, actor: client, audience })
  }
}

/** Accounts as the provider knows them: who needs a second factor is said by roles too. */
function accountsOf({ identity }: Config): readonly Account[] {
  return identity.accounts.map(({ secondFactorSince, ...account }) => ({
    secondFactor: (account.roles ?? []).some((role) => identity.secondFactor.includes(role)),
    ...account,
    ...(secondFactorSince !== undefined && { secondFactorSince: Date.parse(secondFactorSince) * 1000 }),
  }))
}

function lifetimesOf({ identity: { sessionMinutes, idleMinutes, offlineDays } }: Config): Lifetimes {
  return { session: sessionMinutes * 60, idle: idleMinutes * 60, offline: offlineDays * 24 * 3600 }
}

function trustedIssuers(
  config: Config,
  url: string,
  provider: IdentityProvider | undefined,
): readonly TrustedIssuer[] {
  const { audience, issuers } = config.auth
  const own = provider ? [{ issuer: `${url}/oidc`, audience, keys: () => provider.keys() }] : []
  return [...own, ...issuers.map((issuer) => ({ audience, ...issuer }))]
}

/** What was taken from an account, or from an issuer, since its token was issued is taken from whoever acts for it too. */
function standingOf(
  config: Config,
  url: string,
  provider: IdentityProvider | undefined,
): (claims: Claims) => Claims | undefined {
  const trusted = new Set(['local', ...config.auth.issuers.map(({ issuer }) => issuer)])
  const known = new WeakMap<Claims, { readonly left: Claims | undefined }>()
  return (claims) => {
    const before = known.get(claims)
    if (before) return before.left
    const left = leftOf(claims)
    known.set(claims, { left })
    return left
  }

  function leftOf(claims: Claims): Claims | undefined {
    if (claims.anonymous || trusted.has(claims.issuer)) return claims
    const behind = claims.issuer === `${url}/oidc` ? provider?.behind(claims) : undefined
    if (!behind) return undefined
    const { organisation: _, city: __, purpose: ___, roles, ...rest } = claims
    return {
      ...rest,
      roles: roles.filter((role) => behind.roles?.includes(role)),
      ...(behind.organisation && { organisation: behind.organisation }),
      ...(behind.city && { city: behind.city }),
      ...(behind.purpose && { purpose: behind.purpose }),
    }
  }
}

/** Every role that the policies let read entities, of this hub's city, and strangers. */
function roleViews(policies: PolicySet, callers: Callers, tenant: Tenant, city: string): readonly RoleView[] {
  const reading = policies.rules.filter(({ actions, kinds }) => actions.has('read') && kinds.has('entity'))
  const named = reading.flatMap(({ subjects }) => subjects.flatMap(({ role = [] }) => role))
  const roles = [...new Set(named)].filter((role) => role !== HUB_ROLE && role !== ON_BEHALF_ROLE)
  return roles.map((role) => {
    const claims = {
      subject: `role:${role}`,
      issuer: 'local',
      roles: [role],
      anonymous: false,
      ...(city !== '' && { city }),
    }
    return { role, view: callers.withClaims(claims).view(tenant) }
  })
}

function loginOf({ identity, auth }: Config, url: string): AssembledIdentity['login'] {
  const issuer = identity.enabled ? `${url}/oidc` : auth.issuers[0]?.issuer
  return issuer === undefined ? undefined : { issuer, clientId: CONSOLE_CLIENT }
}

/** Levels by the `acr` values of each issuer. */
function assuranceOf(
  { auth, identity }: Config,
  own: string,
): ReadonlyMap<string, Readonly<Record<string, number>>> {
  const others = auth.issuers.map(({ issuer, assurance = ASSURANCE }) => [issuer, assurance] as const)
  return new Map([...others, ...(identity.enabled ? [[own, ASSURANCE] as const] : [])])
}

function headersOf({ headers }: IncomingMessage): CallerHeaders {
  return {
    authorization: headers.authorization,
    onBehalfOf: single(headers['hub-on-behalf-of']),
    purpose: single(headers['hub-purpose']),
  }
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}
