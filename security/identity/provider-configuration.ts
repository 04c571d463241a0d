import type { Configuration, KoaContextWithOIDC } from 'oidc-provider'
import type { Micros } from '../../broker/core/model/time.ts'
import { type Account, type Accounts, type ConfiguredClient, tokenClaims } from './accounts.ts'
import { ASSURANCES } from './assurance.ts'
import { clientMetadata, demoClient } from './client-metadata.ts'
import { languageFor, show } from './library-pages.ts'
import {
  ACCESS_TOKEN_SECONDS,
  CODE_SECONDS,
  DEVICE_CODE_SECONDS,
  INTERACTION_SECONDS,
  type Lifetimes,
} from './lifetimes.ts'
import { errorPage } from './login-pages.ts'
import { providerFeatures } from './provider-features.ts'
import type { ProviderSecrets } from './provider-secrets.ts'
import { HUB_SCOPE } from './resource-server.ts'
import { askPeople } from './second-factor-policy.ts'
import { publishedKeys } from './signing-keys.ts'
import type { Subjects } from './subjects.ts'
import type { GivenClaims } from './token-exchange.ts'

/** What the provider is configured from. */
export interface ProviderParts {
  /** Path under which the provider is mounted. */
  readonly prefix: string
  readonly resource: string
  /** What the resource is called besides, by clients that know only where it is (RFC 8707). */
  readonly resourceUrls: readonly string[]
  readonly accounts: Accounts
  readonly clients: readonly ConfiguredClient[]
  readonly subjects: Subjects
  readonly secrets: ProviderSecrets
  readonly lifetimes: Lifetimes
  readonly clock: () => Micros
  readonly demoGrant: boolean
  /** What exchanged tokens say of their subjects. */
  readonly given: GivenClaims
}

/** Configures oidc-provider: every default that it would warn about is set. */
export function providerConfiguration(parts: ProviderParts): Configuration {
  const { prefix, accounts, clients, subjects, secrets, demoGrant, clock } = parts
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
    subjectTypes: ['public', 'pairwise'],
    pairwiseIdentifier: (_, subject, { sectorIdentifier }) =>
      subjects.told(subject, String(sectorIdentifier)),
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    acrValues: [...ASSURANCES],
    enabledJWA: { idTokenSigningAlgValues: ['ES256'], dPoPSigningAlgValues: ['ES256', 'PS256', 'EdDSA'] },
    clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'tls_client_auth', 'none'],
    responseTypes: ['code'],
    pkce: { required: () => true, methods: ['S256'] },
    features: providerFeatures(parts, configured),
    interactions: {
      policy: askPeople(accounts),
      url: (_, interaction) => `${prefix}/interaction/${interaction.uid}`,
    },
    findAccount: ({ oidc }, subject) => {
      const account = accounts.behind(subject)
      const claims = () => ({
        sub: subject,
        ...nameFor(account, configured.get(oidc.client?.clientId ?? '')),
      })
      return account && { accountId: subject, claims }
    },
    loadExistingGrant: (context) =>
      configured.get(context.oidc.client?.clientId ?? '')?.thirdParty
        ? agreedGrant(context)
        : firstPartyGrant(context, parts),
    extraTokenClaims: extraTokenClaims(parts, configured),
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

/** The name of an account stays with the hub's own applications: others could tell by it whom they share. */
function nameFor(
  account: Account | undefined,
  client: ConfiguredClient | undefined,
): { readonly account?: string } {
  return account && !client?.thirdParty ? { account: account.name } : {}
}

function extraTokenClaims(
  { accounts, given }: ProviderParts,
  configured: ReadonlyMap<string, ConfiguredClient>,
): NonNullable<Configuration['extraTokenClaims']> {
  return (context, token) => {
    const exchanged = given.get(token)
    if (exchanged) return { ...exchanged, ...grantClaims(undefined, 'grantId' in token ? token : {}) }
    const client = configured.get(token.clientId ?? '')
    if (token.kind !== 'AccessToken') return client && tokenClaims(client, client.id)
    const found = accounts.behind(token.accountId)
    if (!found) return undefined
    const { account: _, ...claims } = tokenClaims(found, found.name)
    return { ...claims, ...nameFor(found, client), ...grantClaims(context, token) }
  }
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

/** What somebody agreed to on the page that asks; undefined: nothing yet. */
async function agreedGrant(context: KoaContextWithOIDC) {
  const { provider, session, client, result } = context.oidc
  const id = result?.consent?.grantId ?? session?.grantIdFor(client?.clientId ?? '')
  return id === undefined ? undefined : provider.Grant.find(id)
}

/**
 * People of the hub's own applications are asked who they are, not what they consent to. One grant for a client while the
 * login lasts; one that is to last longer is another one.
 */
async function firstPartyGrant(context: KoaContextWithOIDC, { resource, lifetimes, clock }: ProviderParts) {
  const { provider, session, client } = context.oidc
  if (!session?.accountId || !client) return undefined
  const before = await agreedGrant(context)
  const offline = context.oidc.requestParamScopes.has('offline_access')
  const lasts = (before?.exp ?? 0) > clock() / 1_000_000 + lifetimes.session
  if (before && (lasts || !offline)) return before
  const grant = new provider.Grant({
    clientId: client.clientId,
    accountId: session.accountId,
    ...(offline && { expiresIn: lifetimes.offline }),
  })
  grant.addOIDCScope('openid offline_access')
  grant.addResourceScope(resource, HUB_SCOPE)
  await grant.save()
  return grant
}
