import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Micros } from '../../broker/core/model/time.ts'
import type { Egress } from '../egress/egress.ts'
import { isRecord } from '../tokens/is-record.ts'

/** How this hub shows itself to an issuer, and what for. */
export interface ServiceClient {
  readonly client: string
  readonly secret: string
  readonly tokenUrl: string
  /** Whom the tokens are for. */
  readonly audience: string
}

/** Access tokens that an issuer gives this hub: for itself, or in exchange for the token of a user. */
export interface IssuedTokens {
  /** Answers a token that is good for a while yet. @throws NoToken */
  of(subjectToken?: string): Promise<string>
  /** Answers another one instead of one that was refused; undefined: that was such another one itself. @throws NoToken */
  insteadOf(refused: string, subjectToken?: string): Promise<string | undefined>
}

/** An issuer gave no token; the text says nothing of what was sent or answered. */
export class NoToken extends Error {}

interface IssuedToken {
  readonly token: Promise<string>
  until: Micros
  /** It came in place of one that was refused, at this time. */
  readonly renewedAt?: Micros
}

const TIMEOUT_MS = 5000
const MAX_BYTES = 65_536
const LEEWAY_SECONDS = 60
const LIFETIME_SECONDS = 60
/** An issuer that gives no token is not asked by everybody. */
const AGAIN_MICROS = 1_000_000
/** A token that is refused soon after it came in place of another is not what is wrong. */
const RENEWAL_MICROS = 60_000_000
const REMEMBERED = 10_000
const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'

/**
 * Asks an issuer for tokens, by client credentials (RFC 6749, 4.4) and token exchange (RFC 8693), and keeps each until
 * shortly before it ends: those in exchange per token of a user, of whom no other one ever gets it.
 */
export function createIssuedTokens(
  client: ServiceClient,
  { egress, clock }: { readonly egress: Egress; readonly clock: () => Micros },
): IssuedTokens {
  const issued = new LRUCache<string, IssuedToken>({ max: REMEMBERED })
  return {
    of,
    insteadOf: async (refused, subjectToken) => {
      const kept = issued.get(keyOf(subjectToken))
      if ((await kept?.token.catch(() => undefined)) !== refused) return of(subjectToken)
      if (kept?.renewedAt !== undefined && clock() - kept.renewedAt < RENEWAL_MICROS) return undefined
      return ask(subjectToken, clock())
    },
  }

  function of(subjectToken?: string): Promise<string> {
    const kept = issued.get(keyOf(subjectToken))
    return kept && kept.until > clock() ? kept.token : ask(subjectToken)
  }

  function ask(subjectToken: string | undefined, renewedAt?: Micros): Promise<string> {
    const request = requestToken(client, egress, subjectToken)
    const entry: IssuedToken = {
      token: request.then(({ token }) => token),
      until: clock() + TIMEOUT_MS * 1000,
      ...(renewedAt !== undefined && { renewedAt }),
    }
    issued.set(keyOf(subjectToken), entry)
    request.then(
      ({ seconds }) => {
        entry.until = clock() + usable(seconds) * 1_000_000
      },
      () => {
        entry.until = clock() + AGAIN_MICROS
      },
    )
    return entry.token
  }
}

/** What lives shorter than the leeway is used for half of its life. */
function usable(seconds: number): number {
  return Math.max(seconds - LEEWAY_SECONDS, seconds / 2)
}

function keyOf(subjectToken: string | undefined): string {
  return subjectToken === undefined ? '' : hash('sha256', subjectToken, 'base64url')
}

async function requestToken(
  { client, secret, tokenUrl, audience }: ServiceClient,
  egress: Egress,
  subjectToken: string | undefined,
): Promise<{ readonly token: string; readonly seconds: number }> {
  const pair = `${encodeURIComponent(client)}:${encodeURIComponent(secret)}`
  const grant =
    subjectToken === undefined
      ? { grant_type: 'client_credentials', resource: audience }
      : {
          grant_type: EXCHANGE,
          audience,
          subject_token: subjectToken,
          subject_token_type: ACCESS_TOKEN,
          requested_token_type: ACCESS_TOKEN,
        }
  try {
    const { status, body } = await egress.request({
      url: tokenUrl,
      method: 'POST',
      headers: {
        Authorization: `Basic ${Buffer.from(pair).toString('base64')}`,
        'Content-Type': 'application/x-www-form-urlencoded',
        Accept: 'application/json',
      },
      body: new URLSearchParams(grant).toString(),
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
    })
    const answer: unknown = status === 200 ? JSON.parse(body) : undefined
    if (isRecord(answer) && typeof answer.access_token === 'string' && isBearer(answer)) {
      const { access_token: token, expires_in: seconds } = answer
      return { token, seconds: typeof seconds === 'number' ? seconds : LIFETIME_SECONDS }
    }
    throw new NoToken(`Issuer gave client ${client} no token: status ${status}`)
  } catch (error) {
    throw error instanceof NoToken ? error : new NoToken(`Issuer gave client ${client} no token`)
  }
}

/** A token of another type, such as one bound to a key, cannot be sent as it is. */
function isBearer({ token_type: type }: Record<string, unknown>): boolean {
  return type === undefined || String(type).toLowerCase() === 'bearer'
}
