import type { Egress } from '../../security/egress/egress.ts'
import type { Micros } from '../core/model/time.ts'

/** How this hub shows itself to an issuer. */
export interface ServiceClient {
  readonly client: string
  readonly secret: string
  readonly tokenUrl: string
}

const TIMEOUT_MS = 5000
const MAX_BYTES = 65_536
const LEEWAY_SECONDS = 60

/** Answers this hub's own access token, asked for by client credentials and kept until shortly before it ends. */
export function createServiceToken(
  { client, secret, tokenUrl }: ServiceClient,
  {
    egress,
    clock,
    audience,
  }: { readonly egress: Egress; readonly clock: () => Micros; readonly audience: string },
): () => Promise<string> {
  let kept: { readonly token: Promise<string>; until: Micros } | undefined
  return () => {
    if (kept && kept.until > clock()) return kept.token
    const next = { token: ask(), until: clock() + TIMEOUT_MS * 1000 }
    kept = next
    next.token.catch(() => {
      if (kept === next) kept = undefined
    })
    return next.token

    async function ask(): Promise<string> {
      const credentials = Buffer.from(`${encodeURIComponent(client)}:${encodeURIComponent(secret)}`).toString(
        'base64',
      )
      const { status, body } = await egress.request({
        url: tokenUrl,
        method: 'POST',
        headers: {
          Authorization: `Basic ${credentials}`,
          'Content-Type': 'application/x-www-form-urlencoded',
        },
        body: new URLSearchParams({ grant_type: 'client_credentials', resource: audience }).toString(),
        timeoutMs: TIMEOUT_MS,
        maxBytes: MAX_BYTES,
      })
      const answer: { access_token?: unknown; expires_in?: unknown } = status === 200 ? JSON.parse(body) : {}
      if (typeof answer.access_token !== 'string')
        throw new Error(`Issuer gave client ${client} no token: status ${status}`)
      const seconds = typeof answer.expires_in === 'number' ? answer.expires_in : LEEWAY_SECONDS
      next.until = clock() + Math.max(seconds - LEEWAY_SECONDS, 1) * 1_000_000
      return answer.access_token
    }
  }
}
