import type { AccessToken, ClientCredentials, KoaContextWithOIDC, Provider } from 'oidc-provider'
import type { JsonObject } from '../../broker/core/model/json.ts'
import { isJsonObject, type JsonValue } from '../../broker/core/model/json.ts'
import type { Claims } from '../policy/claims.ts'
import { claimsOf } from '../tokens/claims-of.ts'
import { addressOf, type IdentityEvent, type IdentityRecords } from './identity-events.ts'

/** What the recording of answers works with. */
export interface RecordingParts {
  readonly records: IdentityRecords
  /** Answers as what an application knows an account. */
  readonly told: (subject: string, client: string) => string
  /** Answers the claims of an account now; undefined: it is gone. */
  readonly claims: (subject: string) => Claims | undefined
}

type Issued = Pick<AccessToken | ClientCredentials, 'extra' | 'clientId' | 'jkt' | 'x5t#S256'> & {
  readonly accountId?: string
}

/** Devices ask again and again until somebody lets them in. */
const WAITING: ReadonlySet<unknown> = new Set(['authorization_pending', 'slow_down', 'use_dpop_nonce'])
/** Where clients show who they are, and what they want there. */
const AUTHENTICATED: ReadonlyMap<string, IdentityEvent['operation']> = new Map([
  ['token', 'identity.token'],
  ['revocation', 'identity.revoke'],
  ['introspection', 'identity.introspect'],
])

/**
 * Has on record what the provider gives and takes back before its answer leaves; what cannot be put on record is not
 * given. What belongs to a grant is taken back where a code or refresh token comes twice, too.
 */
export function recordAnswers(provider: Provider, parts: RecordingParts): void {
  const withdrawn = new WeakSet<object>()
  provider.on('grant.revoked', ({ req }) => void withdrawn.add(req))
  provider.use(async (context, next) => {
    await next()
    const answered = context as unknown as KoaContextWithOIDC // the library has put its part into it
    const event = answered.oidc && eventOf(answered, { ...parts, withdrawn })
    if (event) await parts.records.note(event).catch(() => withhold(answered))
  })
}

function eventOf(
  context: KoaContextWithOIDC,
  parts: RecordingParts & { readonly withdrawn: WeakSet<object> },
): IdentityEvent | undefined {
  const { oidc, status, req } = context
  const place = addressOf(req)
  const wanted = AUTHENTICATED.get(oidc.route)
  if (wanted && status >= 400)
    return parts.withdrawn.has(req) ? revoked(context, parts) : refusal(context, wanted)
  if (oidc.route === 'token') return { ...issue(context, parts), ...place }
  if (oidc.route === 'revocation') return taken(context, parts)
  if (oidc.route === 'end_session_confirm' && oidc.params?.logout !== undefined) {
    const by = parts.claims(oidc.session?.accountId ?? '')
    return by && { operation: 'identity.signOut', outcome: 'done', by, ...place }
  }
  return undefined
}

function issue({ oidc }: KoaContextWithOIDC, parts: RecordingParts): IdentityEvent {
  const { AccessToken, ClientCredentials, RefreshToken } = oidc.entities
  const token = ClientCredentials ?? AccessToken
  const grant = String(oidc.params?.grant_type ?? '')
  return {
    ...{ operation: 'identity.token', outcome: 'done' },
    ...(token && ownerOf(token, oidc.issuer, parts)),
    details: {
      grant: grant.slice(grant.lastIndexOf(':') + 1),
      ...(RefreshToken && { refresh: true }),
      ...(token && detailsOf(token)),
    },
  }
}

/** Who holds a token, as the hub will know it by it. */
function ownerOf(
  { extra = {}, clientId = '', accountId }: Issued,
  issuer: string,
  { told }: RecordingParts,
): Pick<IdentityEvent, 'by' | 'behind'> {
  const sub = accountId === undefined ? clientId : told(accountId, clientId)
  const by = claimsOf({ ...extra, sub, client_id: clientId }, { issuer })
  return { by, ...(accountId !== undefined && accountId !== sub && { behind: accountId }) }
}

/** The key or certificate that it is bound to, and whether another client acts. */
function detailsOf(token: Issued): JsonObject {
  const { extra = {}, jkt } = token
  const bound = jkt ? 'key' : token['x5t#S256'] ? 'certificate' : undefined
  const act = extra.act as JsonValue | undefined // set by the exchange
  return {
    ...(bound && { bound }),
    ...(isJsonObject(act) && typeof act.sub === 'string' && { actor: act.sub }),
  }
}

function refusal(
  { oidc, req, body }: KoaContextWithOIDC,
  operation: IdentityEvent['operation'],
): IdentityEvent | undefined {
  const code = (body as { readonly error?: unknown } | undefined)?.error // the library's answer to what it refuses
  if (WAITING.has(code)) return undefined
  return {
    ...{ operation, outcome: 'failed' },
    ...addressOf(req),
    details: { code: String(code), ...(oidc.client && { client: oidc.client.clientId }) },
  }
}

/** A code or refresh token that comes twice was stolen from one of the two. */
function revoked({ oidc, req }: KoaContextWithOIDC, { claims }: RecordingParts): IdentityEvent {
  const { RefreshToken } = oidc.entities
  const by = claims(RefreshToken?.accountId ?? '')
  return {
    ...{ operation: 'identity.revoke', outcome: 'done' },
    ...(by && { by }),
    ...addressOf(req),
    details: { kind: 'grant', because: 'used twice', ...(oidc.client && { client: oidc.client.clientId }) },
  }
}

function taken({ oidc, req }: KoaContextWithOIDC, parts: RecordingParts): IdentityEvent | undefined {
  const { AccessToken, ClientCredentials, RefreshToken } = oidc.entities
  const token = ClientCredentials ?? AccessToken ?? RefreshToken
  if (!token) return undefined
  const by = token.kind === 'RefreshToken' ? parts.claims(RefreshToken?.accountId ?? '') : undefined
  return {
    ...{ operation: 'identity.revoke', outcome: 'done' },
    ...(by ? { by } : ownerOf(token, oidc.issuer, parts)),
    ...addressOf(req),
    details: {
      kind: token.kind === 'RefreshToken' ? 'grant' : 'token',
      ...(token.clientId !== undefined && { client: token.clientId }),
    },
  }
}

/** Nothing of the answer leaves: no token in it, no code in where it leads. */
function withhold(context: KoaContextWithOIDC): void {
  context.remove('Location')
  context.status = 503
  context.set('Retry-After', '5')
  context.body = { error: 'temporarily_unavailable', error_description: 'Audit log cannot be written' }
}
