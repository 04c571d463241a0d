import {
  type ClientMetadata,
  type Configuration,
  errors,
  interactionPolicy,
  type KoaContextWithOIDC,
  type ResourceServer,
} from 'oidc-provider'
import { type Accounts, type ConfiguredClient, tokenClaims } from './accounts.ts'
import { DEMO_CLIENT, DEMO_GRANT } from './demo-client.ts'
import { errorPage, languageOf, loggedOutPage, logoutPage, type Page } from './login-page.ts'
import type { ProviderSecrets } from './provider-secrets.ts'
import { pageHeaders } from './send-page.ts'

const ACCESS_TOKEN_SECONDS = 600
const SESSION_SECONDS = 8 * 3600
const REFRESH_SECONDS = 12 * 3600
const INTERACTION_SECONDS = 900
const SCOPE = 'hub'

/** What the provider is configured from. */
export interface ProviderParts {
  /** Path under which the provider is mounted. */
  readonly prefix: string
  readonly resource: string
  readonly accounts: Accounts
  readonly clients: readonly ConfiguredClient[]
  readonly secrets: ProviderSecrets
  readonly demoGrant: boolean
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
  const { prefix, resource, accounts, clients, secrets, demoGrant } = parts
  const configured = new Map(clients.map((client) => [client.id, client]))
  return {
    clients: [...clients.map(clientMetadata), ...(demoGrant ? [demoClient()] : [])],
    jwks: { keys: secrets.signing.map((key) => ({ ...key, kty: 'EC', crv: 'P-256' })) as never }, // made as such by openProviderSecrets
    cookies: {
      keys: [...secrets.cookies],
      long: { signed: true, httpOnly: true, sameSite: 'lax' },
      short: { signed: true, httpOnly: true, sameSite: 'lax' },
    },
    scopes: ['openid', 'offline_access'],
    claims: { openid: ['sub', 'account'] },
    conformIdTokenClaims: false,
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'none'],
    responseTypes: ['code'],
    pkce: { required: () => true, methods: ['S256'] },
    features: features(resource),
    interactions: {
      policy: loginOnly(),
      url: (_, interaction) => `${prefix}/interaction/${interaction.uid}`,
    },
    findAccount: (_, subject) => {
      const account = accounts.behind(subject)
      return account && { accountId: subject, claims: () => ({ sub: subject, account: account.name }) }
    },
    loadExistingGrant: (context) => firstPartyGrant(context, resource),
    extraTokenClaims: (_, token) => {
      if (token.kind === 'AccessToken') {
        const account = accounts.behind(token.accountId)
        return account && tokenClaims(account, account.name)
      }
      const client = configured.get(token.clientId ?? '')
      return client && tokenClaims(client, client.id)
    },
    issueRefreshToken: (_, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    clientBasedCORS: (_, origin, client) =>
      (client.redirectUris ?? []).some((uri) => new URL(uri).origin === origin),
    renderError: (context, out) => show(context, errorPage(languageFor(context), out.error)),
    ttl: {
      AccessToken: ACCESS_TOKEN_SECONDS,
      AuthorizationCode: 60,
      ClientCredentials: ACCESS_TOKEN_SECONDS,
      Grant: SESSION_SECONDS,
      IdToken: ACCESS_TOKEN_SECONDS,
      Interaction: INTERACTION_SECONDS,
      RefreshToken: REFRESH_SECONDS,
      Session: SESSION_SECONDS,
    },
  }
}

function features(resource: string): NonNullable<Configuration['features']> {
  return {
    devInteractions: { enabled: false },
    userinfo: { enabled: false },
    clientCredentials: { enabled: true },
    revocation: { enabled: true },
    introspection: { enabled: false },
    pushedAuthorizationRequests: { enabled: false },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => resource,
      useGrantedResource: () => true,
      getResourceServerInfo: (_, indicator) => {
        if (indicator !== resource) throw new errors.InvalidTarget()
        return resourceServerOf(resource)
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

/** People of the hub's own applications are asked who they are, not what they consent to. */
function loginOnly(): interactionPolicy.DefaultPolicy {
  const policy = interactionPolicy.base()
  policy.remove('consent')
  return policy
}

async function firstPartyGrant(context: KoaContextWithOIDC, resource: string) {
  const { provider, session, client } = context.oidc
  if (!session?.accountId || !client) return undefined
  const kept = session.grantIdFor(client.clientId)
  const before = kept === undefined ? undefined : await provider.Grant.find(kept)
  if (before) return before
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId })
  grant.addOIDCScope('openid offline_access')
  grant.addResourceScope(resource, SCOPE)
  await grant.save()
  return grant
}

/** Machines have a secret and no place to be sent back to; applications of people have such places. */
function clientMetadata({ id, secret, title = id, redirectUris = [] }: ConfiguredClient): ClientMetadata {
  const people = redirectUris.length > 0
  return {
    client_id: id,
    client_name: title,
    redirect_uris: [...redirectUris],
    post_logout_redirect_uris: [...new Set(redirectUris.map((uri) => `${new URL(uri).origin}/`))],
    response_types: people ? ['code'] : [],
    grant_types: [
      ...(people ? ['authorization_code', 'refresh_token'] : []),
      ...(secret === undefined ? [] : ['client_credentials']),
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
