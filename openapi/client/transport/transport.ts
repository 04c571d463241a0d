import { problemOf } from './hub-problem.ts'
import { type RetryOptions, sendAgain } from './retry.ts'

/**
 * Answers an access token that is good for the next request. `refused` is one that the hub did not take, although it was
 * answered before: whoever can get another one does so.
 */
export type TokenSource = (wanted: {
  readonly refused?: string
  readonly signal?: AbortSignal | null
}) => Promise<string>

/** Which hub is asked, as whom, and how. */
export interface TransportOptions {
  /** Where the hub is, such as `https://hub.example.vn`; the page's own origin unless said otherwise. */
  readonly url?: string
  /** Access token, or who knows one; absent for what the public may see. */
  readonly token?: string | TokenSource
  /** Tenant (CIM 009 v1.9.1, 4.14); absent: the default one. */
  readonly tenant?: string
  /** URL of the @context that names belong to; absent: the hub's default, which is the ontology. */
  readonly context?: string
  /** What the data are for: one of the purposes of the token. */
  readonly purpose?: string
  readonly retry?: RetryOptions
  /** In place of the `fetch` of the platform. */
  readonly fetch?: (request: Request) => Promise<Response>
}

/** What every request may be given. */
export interface RequestOptions {
  readonly signal?: AbortSignal
  /** Headers of the API besides those that the client sends anyway. */
  readonly headers?: Readonly<Record<string, string>>
}

/** One question to the hub. */
export interface Question extends RequestOptions {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path behind the URL of the hub. */
  readonly path: string
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  readonly accept?: string
  /** Sent as JSON, or as JSON-LD where it has an @context of its own. */
  readonly body?: unknown
}

/** The one way to the hub: sends the token, tries again where that is harmless, and throws what is refused. */
export class Transport {
  readonly url: string
  readonly #options: TransportOptions

  constructor(options: TransportOptions) {
    const { url = pageOrigin() } = options
    this.url = url.replace(/\/+$/, '')
    this.#options = options
  }

  /** Asks a question. @throws HubProblem when it is refused, TypeError when the hub cannot be reached */
  ask(question: Question): Promise<Response> {
    return this.fetch(this.request(question))
  }

  /** Writes a question as a request. */
  request({ method = 'GET', path, query = {}, accept, body, headers, signal }: Question): Request {
    const url = new URL(this.url + path)
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value))
    const hasContext = [body]
      .flat()
      .some((one) => typeof one === 'object' && one !== null && '@context' in one)
    return new Request(url, {
      method,
      headers: {
        ...(accept !== undefined && { accept }),
        ...(body !== undefined && {
          'content-type': hasContext ? 'application/ld+json' : 'application/json',
        }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
    })
  }

  /** Sends a request as often as it takes and may; answers what is answered with success, or not modified. @throws HubProblem, TypeError */
  async fetch(request: Request): Promise<Response> {
    this.#describe(request.headers)
    const token = await this.token(request)
    let response = await this.#send(request, token)
    if (response.status === 401 && token !== undefined) {
      const another = await this.token(request, token)
      if (another !== token) {
        await response.body?.cancel()
        response = await this.#send(request, another)
      }
    }
    if (response.ok || response.status === 304) return response
    throw await problemOf(response)
  }

  #send(request: Request, token: string | undefined): Promise<Response> {
    const { retry, fetch = (sent) => globalThis.fetch(sent) } = this.#options
    if (token !== undefined) request.headers.set('authorization', `Bearer ${token}`)
    return sendAgain(request, fetch, retry)
  }

  /** Answers the token of the next request, another one than that which was refused; undefined: there is none. */
  async token(
    { signal }: { readonly signal?: AbortSignal | null },
    refused?: string,
  ): Promise<string | undefined> {
    const { token } = this.#options
    if (typeof token !== 'function') return token
    return token({ ...(refused !== undefined && { refused }), ...(signal && { signal }) })
  }

  #describe(headers: Headers): void {
    const { tenant, context, purpose } = this.#options
    if (tenant && !headers.has('ngsild-tenant')) headers.set('ngsild-tenant', tenant)
    if (purpose && !headers.has('hub-purpose')) headers.set('hub-purpose', purpose)
    const ownContext = headers.has('link') || headers.get('content-type') === 'application/ld+json'
    if (context && !ownContext) headers.set('link', contextLink(context))
  }
}

/** Writes the Link header that names an @context (CIM 009 v1.9.1, 6.3.5). */
function contextLink(context: string): string {
  return `<${context}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"`
}

/** @throws TypeError outside of pages, where no hub is meant */
function pageOrigin(): string {
  const location: { readonly origin: string } | undefined = Reflect.get(globalThis, 'location')
  if (!location) throw new TypeError('Client needs the url of a hub')
  return location.origin
}
