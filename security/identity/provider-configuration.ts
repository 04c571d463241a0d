import { createHash } from 'node:crypto'
import {
  type ClientMetadata,
  type Configuration,
  errors,
  interactionPolicy,
  type KoaContextWithOIDC,
  type ResourceServer,
} from 'oidc-provider'
import type { Micros } from '../../broker/core/model/time.ts'
import { type Accounts, type ConfiguredClient, tokenClaims } from './accounts.ts'
import { ASSURANCES } from './assurance.ts'
import { DEMO_CLIENT, DEMO_GRANT } from './demo-client.ts'
import {
  ACCESS_TOKEN_SECONDS,
  CODE_SECONDS,
  DEVICE_CODE_SECONDS,
  INTERACTION_SECONDS,
  type Lifetimes,
} from './lifetimes.ts'
import { errorPage, languageOf, loggedOutPage, logoutPage, type Page } from './login-page.ts'
import type { ProviderSecrets } from './provider-secrets.ts'
import { pageHeaders } from './send-page.ts'
import { publishedKeys } from './signing-keys.ts'

const SCOPE = 'hub'
/** Role of other hubs: they may ask what tokens are good for. */
const HUB_ROLE = 'hub'

import { type GivenClaims, TOKEN_EXCHANGE } from './token-exchange.ts'
/** What the provider is configured from. */
export interface ProviderParts {
  /** Path under which the provider is mounted. */
  readonly prefix: string
  readonly resource: string
  readonly accounts: Accounts
  readonly clients: readonly ConfiguredClient[]
  readonly secrets: ProviderSecrets
  readonly lifetimes: Lifetimes
  readonly clock: () => Micros
  readonly demoGrant: boolean
  /** What exchanged tokens say of their subjects. */
  readonly given: GivenClaims
}

/** The hub as an OAuth resource: what its access tokens look like. */
export function resourceServerOf(resource: string): ResourceServer {
  return {
    scope: SCOPE,
    audience: resource,
    accessTokenFormat: 'jwt',
    accessTokenTTL: ACCESS_TOKEN_SECONDS,
    jwt: { sign: { alg: 'ES256' } },
  }
}

/** Configures oidc-provider: every default that it would warn about is set. */
export function providerConfiguration(parts: ProviderParts): Configuration {
  const { prefix, accounts, clients, secrets, demoGrant, clock, given } = parts
  const configured = new Map(clients.map((client) => [client.id, client]))
  return {
    clients: [...clients.map(clientMetadata), ...(demoGrant ? [demoClient()] : [])],
    jwks: { keys: publishedKeys(secrets.keys, clock()).map(({ jwk }) => jwk) as never }, // made as such by freshKey
    cookies: {
      keys: [...secrets.cookies],
      long: { signed: true, httpOnly: true, sameSite: 'lax' },
      short: { signed: true, httpOnly: true, sameSite: 'lax' },
    },
    scopes: ['openid', 'offline_access'],
    claims: { openid: ['sub', 'account'] },
    conformIdTokenClaims: false,
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    acrValues: [...ASSURANCES],
    enabledJWA: { idTokenSigningAlgValues: ['ES256'], dPoPSigningAlgValues: ['ES256', 'PS256', 'EdDSA'] },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    responseTypes: ['code'],
    pkce: { required: () => true, methods: ['S256'] },
    features: features(parts, configured),
    interactions: {
      policy: loginOnly(),
      url: (_, interaction) => `${prefix}/interaction/${interaction.uid}`,
    },
    findAccount: (_, subject) => {
      const account = accounts.behind(subject)
      return account && { accountId: subject, claims: () => ({ sub: subject, account: account.name }) }
    },
    loadExistingGrant: (context) => firstPartyGrant(context, parts),
    extraTokenClaims: (context, token) => {
      const exchanged = given.get(token)
      if (exchanged) return { ...exchanged, ...grantClaims(undefined, 'grantId' in token ? token : {}) }
      if (token.kind === 'AccessToken') {
        const account = accounts.behind(token.accountId)
        return account && { ...tokenClaims(account, account.name), ...grantClaims(context, token) }
      }
      const client = configured.get(token.clientId ?? '')
      return client && tokenClaims(client, client.id)
    },
    issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    clientBasedCORS: (_, origin, client) =>
      (client.redirectUris ?? []).some((uri) => new URL(uri).origin === origin),
    renderError: (context, out) => show(context, errorPage(languageFor(context), out.error)),
    ttl: timesToLive(parts),
  }
}

function timesToLive({ lifetimes, clock }: ProviderParts): NonNullable<Configuration['ttl']> {
  const { session, idle, offline } = lifetimes
  return {
    AccessToken: ACCESS_TOKEN_SECONDS,
    AuthorizationCode: CODE_SECONDS,
    ClientCredentials: ACCESS_TOKEN_SECONDS,
    DeviceCode: DEVICE_CODE_SECONDS,
    Grant: session,
    IdToken: ACCESS_TOKEN_SECONDS,
    Interaction: INTERACTION_SECONDS,
    // no longer than the grant, which it is looked up with
    RefreshToken: offline,
    Session: (_, { loginTs }) =>
      loginTs === undefined
        ? idle
        : Math.max(1, Math.min(idle, loginTs + session - Math.floor(clock() / 1_000_000))),
  }
}

/** A device or application that goes on when its user has left. */
function asksOffline(context: KoaContextWithOIDC): boolean {
  return context.oidc.requestParamScopes.has('offline_access')
}

/** What an access token says of the login behind it, and of what it belongs to. */
function grantClaims(
  context: KoaContextWithOIDC | undefined,
  { grantId }: { readonly grantId?: string | undefined },
): Record<string, unknown> {
  const { RefreshToken, AuthorizationCode, DeviceCode } = context?.oidc.entities ?? {}
  const { acr, amr, authTime } = RefreshToken ?? AuthorizationCode ?? DeviceCode ?? {}
  return {
    ...(grantId && { grant: grantId }),
    ...(acr !== undefined && { acr }),
    ...(amr && { amr }),
    ...(authTime !== undefined && { auth_time: authTime }),
  }
}

function features(
  { resource, secrets }: ProviderParts,
  configured: ReadonlyMap<string, ConfiguredClient>,
): NonNullable<Configuration['features']> {
  return {
    devInteractions: { enabled: false },
    userinfo: { enabled: false },
    clientCredentials: { enabled: true },
    revocation: { enabled: true },
    introspection: {
      enabled: true,
      allowedPolicy: (_, client, token) =>
        client.clientAuthMethod !== 'none' &&
        (token.clientId === client.clientId ||
          configured.get(client.clientId)?.roles?.includes(HUB_ROLE) === true),
    },
    backchannelLogout: { enabled: true },
    dPoP: { enabled: true, nonceSecret: nonceSecret(secrets), requireNonce: () => false },
    pushedAuthorizationRequests: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => resource,
      useGrantedResource: () => true,
      getResourceServerInfo: (_, indicator, { clientId }) => {
        const others = configured.get(clientId)?.audiences ?? []
        if (indicator !== resource && !others.includes(indicator)) throw new errors.InvalidTarget()
        return resourceServerOf(indicator)
      },
    },
    rpInitiatedLogout: {
      enabled: true,
      logoutSource: (context, form) =>
        show(context, logoutPage(languageFor(context), form), postLogoutOrigins(context)),
      postLogoutSuccessSource: (context) => show(context, loggedOutPage(languageFor(context))),
    },
  }
}

/** Nonces of proofs are taken up to a few minutes; a proof without one has to be fresh, and is good once. */
function nonceSecret({ pseudonym, cookies }: ProviderSecrets): Buffer {
  return createHash('sha256')
    .update(pseudonym(cookies[0] ?? ''))
    .digest()
}

/** People of the hub's own applications are asked who they are, not what they consent to. */
function loginOnly(): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base()
  policy.remove('consent')
  return policy
}

/** One grant for a client while the login lasts; one that is to last longer is another one. */
async function firstPartyGrant(context: KoaContextWithOIDC, { resource, lifetimes, clock }: ProviderParts) {
  const { provider, session, client } = context.oidc
  if (!session?.accountId || !client) return undefined
  const kept = session.grantIdFor(client.clientId)
  const before = kept === undefined ? undefined : await provider.Grant.find(kept)
  const lasts = (before?.exp ?? 0) > clock() / 1_000_000 + lifetimes.session
  if (before && (lasts || !asksOffline(context))) return before
  const grant = new provider.Grant({
    clientId: client.clientId,
    accountId: session.accountId,
    ...(asksOffline(context) && { expiresIn: lifetimes.offline }),
  })
  grant.addOIDCScope('openid offline_access')
  grant.addResourceScope(resource, SCOPE)
  await grant.save()
  return grant
}

/** Machines have a secret and no place to be sent back to; applications of people have such places. */
function clientMetadata({
  id,
  secret,
  title = id,
  redirectUris = [],
  logoutUri,
  bound = false,
  audiences = [],
}: ConfiguredClient): ClientMetadata {
  const people = redirectUris.length > 0
  return {
    client_id: id,
    client_name: title,
    redirect_uris: [...redirectUris],
    post_logout_redirect_uris: [...new Set(redirectUris.map((uri) => `${new URL(uri).origin}/`))],
    response_types: people ? ['code'] : [],
    ...(logoutUri !== undefined && {
      backchannel_logout_uri: logoutUri,
      backchannel_logout_session_required: true,
    }),
    dpop_bound_access_tokens: bound,
    grant_types: [
      ...(people ? ['authorization_code', 'refresh_token'] : []),
      ...(secret === undefined ? [] : ['client_credentials']),
      ...(secret === undefined || audiences.length === 0 ? [] : [TOKEN_EXCHANGE]),
    ],
    ...(secret === undefined
      ? { token_endpoint_auth_method: 'none' }
      : { client_secret: secret, token_endpoint_auth_method: 'client_secret_basic' }),
  }
}

function demoClient(): ClientMetadata {
  return {
    client_id: DEMO_CLIENT,
    redirect_uris: [],
    response_types: [],
    grant_types: [DEMO_GRANT],
    token_endpoint_auth_method: 'none',
  }
}

function languageFor(context: KoaContextWithOIDC) {
  const asked: unknown = context.query.lang ?? context.query.ui_locales
  return languageOf(typeof asked === 'string' ? asked : undefined, context.get('accept-language'))
}

function postLogoutOrigins(context: KoaContextWithOIDC): readonly string[] {
  const target: unknown = context.oidc.params?.post_logout_redirect_uri
  return typeof target === 'string' && URL.canParse(target) ? [new URL(target).origin] : []
}

function show(context: KoaContextWithOIDC, page: Page, formOrigins: readonly string[] = []): void {
  context.set(pageHeaders(page, formOrigins))
  context.body = page.html
}
