import {
  type AccessToken,
  type Client,
  errors,
  type KoaContextWithOIDC,
  type Provider,
  type ResourceServer,
} from 'oidc-provider'
import type { Micros } from '../../broker/core/model/time.ts'
import type { Claims } from '../policy/claims.ts'
import { type Accounts, type ConfiguredClient, tokenClaims } from './accounts.ts'
import { ACCESS_TOKEN_SECONDS } from './lifetimes.ts'

/** Grant type of RFC 8693. */
export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'

const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'
const JWT = 'urn:ietf:params:oauth:token-type:jwt'
const PARAMETERS = [
  'subject_token',
  'subject_token_type',
  'requested_token_type',
  'audience',
  'resource',
  'actor_token',
]

/** Whom an exchanged token is for, as it is known from the token that was shown. */
interface Person {
  readonly accountId: string
  /** Claims of the new token beside those that every token has. */
  readonly claims: Readonly<Record<string, unknown>>
  readonly grant?: string
  /** Seconds since 1970. */
  readonly until: number
}

/** What the exchange works with. */
export interface ExchangeParts {
  readonly accounts: Accounts
  readonly clients: ReadonlyMap<string, ConfiguredClient>
  readonly resourceServer: (audience: string) => ResourceServer
  readonly clock: () => Micros
  readonly issuer: string
  readonly pseudonym: (text: string) => string
  /** Answers the claims of a token that this hub takes, whoever issued it. @throws Problem */
  readonly verify: (token: string) => Promise<Claims>
}

/** What exchanged tokens say beside what is configured of their account. */
export type GivenClaims = WeakMap<object, Readonly<Record<string, unknown>>>

/**
 * Registers token exchange (RFC 8693): a client that may gets for the token of a user one that is good at another hub. Its
 * subject stays, its `act` names who asked, it ends no later, and it belongs to the same grant.
 */
export function registerTokenExchange(provider: Provider, parts: ExchangeParts, given: GivenClaims): void {
  provider.registerGrantType(
    TOKEN_EXCHANGE,
    async (context, next) => {
      const { client, params } = context.oidc
      if (!client) throw new errors.InvalidClient('client is missing', 'no client')
      const audience = audienceOf(params ?? {}, parts.clients.get(client.clientId))
      const person = await personOf(provider, parts, {
        token: textOf(params?.subject_token),
        actor: client.clientId,
      })
      const token = tokenFor(provider, parts, { client, audience, person })
      given.set(token, person.claims)
      await answer(context, token)
      await next()
    },
    PARAMETERS,
  )
}

function audienceOf(params: Readonly<Record<string, unknown>>, client: ConfiguredClient | undefined): string {
  const { subject_token: subject, subject_token_type: type, requested_token_type: wanted } = params
  if (textOf(subject) === '') throw new errors.InvalidRequest('missing required parameter(s) (subject_token)')
  if (type !== ACCESS_TOKEN && type !== JWT) {
    throw new errors.InvalidRequest('subject_token_type is none of access_token and jwt')
  }
  if (wanted !== undefined && wanted !== ACCESS_TOKEN && wanted !== JWT) {
    throw new errors.InvalidRequest('requested_token_type is none of access_token and jwt')
  }
  if (params.actor_token !== undefined) throw new errors.InvalidRequest('actor_token is not taken')
  const audience = textOf(params.audience ?? params.resource)
  if (client?.audiences?.includes(audience) !== true) throw new errors.InvalidTarget()
  return audience
}

/** A token of this provider says of whom it is; of one of another issuer, whom this hub trusts, its claims do. */
async function personOf(
  provider: Provider,
  parts: ExchangeParts,
  { token, actor }: { readonly token: string; readonly actor: string },
): Promise<Person> {
  const claims = await parts.verify(token).catch(() => undefined)
  const own = claims && (await provider.AccessToken.find(token))
  const person = own ? await personOfOwn(provider, parts, own) : claims && personOfForeign(parts, claims)
  if (!person) throw new errors.InvalidRequest('subject_token is none that is good here')
  const act = own?.extra?.act
  return { ...person, claims: { ...person.claims, act: { sub: actor, ...(act !== undefined && { act }) } } }
}

async function personOfOwn(
  provider: Provider,
  { accounts }: ExchangeParts,
  { accountId, extra = {}, grantId, exp = 0 }: AccessToken,
): Promise<Person | undefined> {
  const account = accounts.behind(accountId)
  const withdrawn = grantId !== undefined && !(await provider.Grant.find(grantId))
  if (!account || withdrawn) return undefined
  const { acr, amr, auth_time } = extra
  return {
    accountId,
    claims: { ...tokenClaims(account, account.name), acr, amr, auth_time },
    ...(grantId !== undefined && { grant: grantId }),
    until: exp,
  }
}

/**
 * Somebody of another issuer is known here by a pseudonym, with what that issuer may say of her; nobody is whose issuer is
 * trusted for single tenants, which the token of this one would not tell.
 */
function personOfForeign({ issuer, clock, pseudonym }: ExchangeParts, claims: Claims): Person | undefined {
  if (claims.issuer === issuer || claims.subject === '' || claims.tenants) return undefined
  const { roles, organisation, city, purpose, purposes, name, assurance = 0, expiresAt } = claims
  return {
    accountId: pseudonym(JSON.stringify([claims.issuer, claims.subject])),
    claims: {
      ...{ role: roles, organisation, city, account: name, auth_time: claims.authenticatedAt },
      purpose: purposes ?? purpose,
      ...(assurance > 0 && { acr: `aal${assurance}` }),
    },
    until: expiresAt ?? clock() / 1_000_000 + ACCESS_TOKEN_SECONDS,
  }
}

function tokenFor(
  provider: Provider,
  { resourceServer, clock }: ExchangeParts,
  {
    client,
    audience,
    person,
  }: { readonly client: Client; readonly audience: string; readonly person: Person },
): AccessToken {
  const { accountId, grant = '', until } = person
  const left = Math.floor(until - clock() / 1_000_000)
  return new provider.AccessToken({
    accountId,
    client,
    grantId: grant,
    gty: TOKEN_EXCHANGE,
    scope: '',
    resourceServer: resourceServer(audience),
    expiresIn: Math.max(1, Math.min(ACCESS_TOKEN_SECONDS, left)),
  })
}

async function answer(context: KoaContextWithOIDC, token: AccessToken): Promise<void> {
  context.oidc.entity('AccessToken', token)
  context.body = {
    access_token: await token.save(),
    issued_token_type: ACCESS_TOKEN,
    token_type: token.tokenType,
    expires_in: token.expiration,
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/**
 * Issues a token for an account that left this hub something to do, such as a subscription, when its own token has ended:
 * what the account may do now, at one other hub, for a few minutes. undefined: there is no such account.
 */
export async function issueFor(
  provider: Provider,
  { accounts, ...parts }: ExchangeParts,
  given: GivenClaims,
  {
    subject,
    actor,
    audience,
  }: { readonly subject: string; readonly actor: string; readonly audience: string },
): Promise<string | undefined> {
  const account = accounts.behind(subject)
  const client = await provider.Client.find(actor)
  if (!account || !client) return undefined
  const until = parts.clock() / 1_000_000 + ACCESS_TOKEN_SECONDS
  const claims = { ...tokenClaims(account, account.name), act: { sub: actor } }
  const token = tokenFor(
    provider,
    { accounts, ...parts },
    { client, audience, person: { accountId: subject, claims, until } },
  )
  given.set(token, claims)
  return token.save()
}
