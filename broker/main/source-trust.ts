import {
  createIssuedTokens,
  type IssuedTokens,
  type ServiceClient,
} from '../../security/credentials/issued-tokens.ts'
import type { Egress } from '../../security/egress/egress.ts'
import type { Config } from '../config.ts'
import type { ConfiguredSource, SourceIdentity } from '../config-sources.ts'
import type { Caller } from '../core/model/caller.ts'
import type { Micros } from '../core/model/time.ts'
import type { CredentialsOf, SourceCredentials } from '../federation/forward/source-credentials.ts'

/** Answers a token of who left something to do here, for this audience; undefined: it is nobody of the own provider. */
export type IssueFor = (caller: Caller, audience: string) => Promise<string | undefined>

/** What shows sources who asks needs. */
interface TrustParts {
  readonly egress: Egress
  readonly clock: () => Micros
  /** The hub's own client at its built-in provider. */
  readonly own?: ServiceClient
  readonly issueFor?: IssueFor
}

/** A configured source, and what it is shown. */
interface TrustedSource {
  /** Root of its API: where what is meant for it may be sent to, and nowhere else. */
  readonly root: string
  readonly show: (caller: Caller, inPerson?: true) => Promise<SourceCredentials>
}

/**
 * Shows sources who this hub is and for whom it asks. Tokens and certificates go to the sources that the configuration
 * names, each its own, and never to an endpoint that somebody registered, whatever its registration is called.
 */
export function sourceTrust(config: Config, parts: TrustParts): CredentialsOf {
  const { sources } = config.federation
  const issuers = sharedTokens(parts)
  const trusted = sources
    .map((source) => trustedSource(source, config, { ...parts, issuers }))
    .sort((a, b) => b.root.length - a.root.length)
  // without access control nobody shows this hub anything that is meant for it
  const unknown: SourceCredentials = config.auth.mode === 'off' ? {} : { foreign: true }
  return async (caller, { endpoint, inPerson }) => {
    const source = trusted.find(({ root }) => isBelow(endpoint, root))
    return source ? source.show(caller, inPerson) : unknown
  }
}

/** Who shows itself as the same to the same issuer for the same audience has the same tokens. */
function sharedTokens(parts: TrustParts): (client: ServiceClient) => IssuedTokens {
  const made = new Map<string, IssuedTokens>()
  return (client) => {
    const key = JSON.stringify([client.client, client.secret, client.tokenUrl, client.audience])
    const tokens = made.get(key) ?? createIssuedTokens(client, parts)
    made.set(key, tokens)
    return tokens
  }
}

function trustedSource(
  source: ConfiguredSource,
  config: Config,
  parts: TrustParts & { readonly issuers: (client: ServiceClient) => IssuedTokens },
): TrustedSource {
  const { tls } = source
  const client = clientOf(source, config, parts)
  const tokens = client && parts.issuers(client)
  const identity = source.identity ?? (tokens ? 'on-behalf' : 'forward')
  const audience = source.audience ?? config.auth.audience
  const kept = async (caller: Caller, as: SourceIdentity, inPerson = false): Promise<SourceCredentials> => {
    const left = (as === 'exchange' || (inPerson && as !== 'none')) && caller.token === undefined
    const token = left ? await parts.issueFor?.(caller, audience) : undefined
    if (token === undefined) return shownTo(caller, as, tokens)
    if (as === 'on-behalf') return shownTo({ ...caller, token }, as, tokens)
    return { headers: { Authorization: `Bearer ${token}` } }
  }
  return {
    root: rootOf(source.endpoint),
    show: async (caller, inPerson) => ({
      ...(await kept(caller, identity, inPerson)),
      ...(tls && { tls }),
    }),
  }
}

/** The source's own client, else that of the hub for all: at its built-in provider, or the configured one. */
function clientOf(
  { client, secret = '', tokenUrl, audience }: ConfiguredSource,
  { federation, auth }: Config,
  { own }: TrustParts,
): ServiceClient | undefined {
  const asked = { audience: audience ?? auth.audience }
  if (client !== undefined) return { client, secret, tokenUrl: tokenUrl ?? federation.tokenUrl, ...asked }
  if (own) return { ...own, ...asked }
  if (federation.client === '' || federation.tokenUrl === '') return undefined
  const { client: id, secret: ofAll, tokenUrl: url } = federation
  return { client: id, secret: ofAll, tokenUrl: url, ...asked }
}

/**
 * Whoever is anonymous here is so there too: the source must not take what it is asked for what the hub itself asks. The
 * hub asks in its own name for itself alone, and where the configuration says that the source learns nothing of callers.
 */
async function shownTo(
  { token, anonymous, purpose }: Caller,
  identity: SourceIdentity,
  tokens: IssuedTokens | undefined,
): Promise<SourceCredentials> {
  if (identity !== 'none' && anonymous) return {}
  if (identity === 'none' || token === undefined) return tokens ? bearer(tokens) : {}
  const what = purposeHeader(purpose)
  switch (identity) {
    case 'forward':
      return { headers: { Authorization: `Bearer ${token}`, ...what } }
    case 'on-behalf':
      return tokens ? bearer(tokens, { 'Hub-On-Behalf-Of': token, ...what }) : {}
    case 'exchange':
      return tokens ? bearer(tokens, what, token) : {}
    default:
      return identity satisfies never
  }
}

/** What it is for here it is for there too; what no header can say is in force by itself, or nobody could have picked it. */
function purposeHeader(purpose: string | undefined): Readonly<Record<string, string>> {
  return purpose !== undefined && /^[!-~]+(?: [!-~]+)*$/.test(purpose) ? { 'Hub-Purpose': purpose } : {}
}

async function bearer(
  tokens: IssuedTokens,
  beside: Readonly<Record<string, string>> = {},
  subject?: string,
): Promise<SourceCredentials> {
  const first = await tokens.of(subject)
  const headers = (token: string) => ({ Authorization: `Bearer ${token}`, ...beside })
  return {
    headers: headers(first),
    renew: async () => {
      const other = await tokens.insteadOf(first, subject)
      return other === undefined ? undefined : headers(other)
    },
  }
}

/** Registered endpoints are compared as they are called. */
function isBelow(endpoint: string, root: string): boolean {
  const url = rootOf(endpoint)
  return url === root || url.startsWith(`${root}/`)
}

/** The address as it is connected to: scheme, host and port in one spelling. */
function rootOf(endpoint: string): string {
  const { origin, pathname } = new URL(endpoint)
  return `${origin}${pathname.replace(/\/+$/, '').replace(/\/ngsi-ld\/v1$/, '')}`
}
