import { request } from 'undici'
import type { Secrets } from '../kit/definition/secret.ts'
import type { HttpAuthentication } from '../kit/definition/transport-definition.ts'
import { SourceFault } from './transport.ts'

/** What a transport may take and how it gets its credentials. */
export interface Limits {
  /** Largest input, bytes. */
  readonly maxBytes: number
  readonly secrets: Secrets
  /** Folder of the feed.yaml: paths are from there. */
  readonly folder: string
}

/** What an HTTP source answered. */
export interface SourceReply {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly bytes: Uint8Array
}

/** One request to an HTTP source. */
export interface SourceRequest {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly url: URL
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal: AbortSignal
}

/** How a source is asked. */
export interface HttpSourceOptions {
  readonly headers: Readonly<Record<string, string>>
  readonly authentication?: HttpAuthentication
  readonly timeoutMs: number
}

/** Makes what asks a source as it wants to be asked. @throws SourceFault for answers from 400 on */
export function httpSource(
  options: HttpSourceOptions,
  limits: Limits,
): (asked: SourceRequest) => Promise<SourceReply> {
  const credentials = new Credentials(options, limits)
  return async (asked) => {
    const reply = await exchange(await credentials.shown(asked), options, limits.maxBytes)
    if (reply.status !== 401 || !credentials.forget()) return checked(reply)
    return checked(await exchange(await credentials.shown(asked), options, limits.maxBytes))
  }
}

function checked(reply: SourceReply): SourceReply {
  const { status, headers } = reply
  if (status < 300 || status === 304 || status === 404 || status === 409) return reply
  const pauseMs = retryAfterMs(headers['retry-after'])
  throw new SourceFault(`Source answers ${status}`, pauseMs === undefined ? {} : { pauseMs })
}

function retryAfterMs(header: string | string[] | undefined): number | undefined {
  if (typeof header !== 'string') return undefined
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds * 1000)
}

async function exchange(
  { method = 'GET', url, headers, body, signal }: SourceRequest,
  options: HttpSourceOptions,
  maxBytes: number,
): Promise<SourceReply> {
  const answer = await request(url, {
    method,
    headers: { ...options.headers, ...headers },
    signal: AbortSignal.any([signal, AbortSignal.timeout(options.timeoutMs)]),
    ...(body !== undefined && { body }),
  })
  return { status: answer.statusCode, headers: answer.headers, bytes: await limited(answer.body, maxBytes) }
}

async function limited(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > maxBytes) throw new SourceFault(`Source sends more than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** A token is asked for again so long before it ends, milliseconds. */
const SPARE_MS = 30_000
const TOKEN_BYTES = 65_536

/** Shows a source who asks: credentials are read each time, and tokens kept until they end. */
class Credentials {
  readonly #options: HttpSourceOptions
  readonly #secrets: Secrets
  #token: { readonly text: string; readonly endsAt: number } | undefined

  constructor(options: HttpSourceOptions, { secrets }: Limits) {
    this.#options = options
    this.#secrets = secrets
  }

  /** Forgets a token that is not taken any more; false where there is none. */
  forget(): boolean {
    const had = this.#token !== undefined
    this.#token = undefined
    return had
  }

  async shown(asked: SourceRequest): Promise<SourceRequest> {
    const { authentication } = this.#options
    if (!authentication) return asked
    switch (authentication.kind) {
      case 'bearer':
        return withHeader(asked, 'authorization', `Bearer ${await this.#secrets(authentication.token)}`)
      case 'basic':
        return withHeader(
          asked,
          'authorization',
          await this.#basic(authentication.user, authentication.password),
        )
      case 'key':
        return withKey(asked, authentication, await this.#secrets(authentication.key))
      case 'oauth':
        return withHeader(
          asked,
          'authorization',
          `Bearer ${await this.#current(authentication, asked.signal)}`,
        )
      default:
        return authentication satisfies never
    }
  }

  async #basic(user: string, password: Parameters<Secrets>[0]): Promise<string> {
    return `Basic ${Buffer.from(`${user}:${await this.#secrets(password)}`).toString('base64')}`
  }

  async #current(
    client: Extract<HttpAuthentication, { kind: 'oauth' }>,
    signal: AbortSignal,
  ): Promise<string> {
    if (!this.#token || this.#token.endsAt < Date.now()) this.#token = await this.#issued(client, signal)
    return this.#token.text
  }

  /** Client credentials (RFC 6749, 4.4). */
  async #issued(
    { tokenUrl, client, secret, scope, audience }: Extract<HttpAuthentication, { kind: 'oauth' }>,
    signal: AbortSignal,
  ): Promise<{ readonly text: string; readonly endsAt: number }> {
    const { timeoutMs } = this.#options
    const reply = await exchange(
      {
        method: 'POST',
        url: new URL(tokenUrl),
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          accept: 'application/json',
          authorization: await this.#basic(encodeURIComponent(client), secret),
        },
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          ...(scope !== undefined && { scope }),
          ...(audience !== undefined && { audience }),
        }).toString(),
        signal,
      },
      { headers: {}, timeoutMs },
      TOKEN_BYTES,
    )
    const issued = reply.status === 200 ? tokenOf(reply.bytes) : undefined
    if (!issued) throw new SourceFault(`Issuer of tokens answers ${reply.status}`)
    return issued
  }
}

function tokenOf(bytes: Uint8Array): { readonly text: string; readonly endsAt: number } | undefined {
  try {
    const { access_token: text, expires_in: seconds = 300 } = JSON.parse(Buffer.from(bytes).toString()) as {
      readonly access_token?: unknown
      readonly expires_in?: unknown
    } // anything else has neither, or throws
    if (typeof text !== 'string') return undefined
    return { text, endsAt: Date.now() + Number(seconds) * 1000 - SPARE_MS }
  } catch {
    return undefined
  }
}

function withHeader(asked: SourceRequest, name: string, value: string): SourceRequest {
  return { ...asked, headers: { ...asked.headers, [name]: value } }
}

function withKey(
  asked: SourceRequest,
  { header, parameter }: Extract<HttpAuthentication, { kind: 'key' }>,
  key: string,
): SourceRequest {
  if (parameter === undefined) return withHeader(asked, header ?? 'x-api-key', key)
  const url = new URL(asked.url)
  url.searchParams.set(parameter, key)
  return { ...asked, url }
}
