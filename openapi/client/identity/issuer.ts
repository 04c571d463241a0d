import { type RetryOptions, sendAgain } from '../transport/retry.ts'

/** What an issuer answered instead of tokens (RFC 6749, 5.2). */
export class LoginFault extends Error {
  /** Such as `invalid_client` or `access_denied`. */
  readonly error: string

  constructor(error: string, description: string) {
    super(description)
    this.name = 'LoginFault'
    this.error = error
  }
}

/** What is used of the discovery document of an issuer (OpenID Connect Discovery 1.0). */
export interface IssuerMetadata {
  readonly issuer: string
  readonly token_endpoint: string
  readonly authorization_endpoint: string
  readonly end_session_endpoint?: string
}

/** The answer of a token endpoint (RFC 6749, 5.1), and when the token ends, in milliseconds. */
export interface Tokens {
  readonly token: string
  readonly until: number
  readonly refresh?: string
  readonly idToken?: string
}

/** Whom tokens are got from, and as which client. */
export interface IssuerOptions {
  /** URL of the issuer; that of a hub with its own provider is `https://hub.example.vn/oidc`. */
  readonly issuer: string
  readonly clientId: string
  readonly scope?: string
  readonly retry?: RetryOptions
  /** In place of the `fetch` of the platform. */
  readonly fetch?: (request: Request) => Promise<Response>
}

/** How tokens are asked for. */
interface TokenRequest {
  readonly headers?: Readonly<Record<string, string>>
  /** Nothing is spent when it is asked twice. */
  readonly harmless?: boolean
}

type Fields = Readonly<Record<string, string | undefined>>

/** An issuer of tokens, whose discovery document is read once. */
export class Issuer {
  readonly #options: IssuerOptions
  #metadata: Promise<IssuerMetadata> | undefined

  constructor(options: IssuerOptions) {
    this.#options = options
  }

  /** Answers where the issuer does what. @throws LoginFault, TypeError when it cannot be reached */
  metadata(): Promise<IssuerMetadata> {
    this.#metadata ??= this.#discover().catch((fault: unknown) => {
      this.#metadata = undefined
      throw fault
    })
    return this.#metadata
  }

  /** Asks for tokens by a grant. @throws LoginFault when they are refused, TypeError when the issuer cannot be reached */
  async tokens(fields: Fields, { headers = {}, harmless = false }: TokenRequest = {}): Promise<Tokens> {
    const { token_endpoint: endpoint } = await this.metadata()
    const given = Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined)
    const response = await this.#send(
      new Request(endpoint, {
        method: 'POST',
        headers: { accept: 'application/json', 'content-type': FORM, ...headers },
        body: String(new URLSearchParams(given)),
      }),
      harmless,
    )
    const answer = await contentOf(response)
    const { access_token: token, expires_in: seconds, refresh_token: refresh, id_token: idToken } = answer
    if (!response.ok || typeof token !== 'string') throw faultOf(answer, response)
    return {
      token,
      until: Date.now() + (typeof seconds === 'number' ? seconds : SECONDS) * 1000,
      ...(typeof refresh === 'string' && { refresh }),
      ...(typeof idToken === 'string' && { idToken }),
    }
  }

  async #discover(): Promise<IssuerMetadata> {
    const { issuer } = this.#options
    const response = await this.#send(
      new Request(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`),
    )
    const answer = await contentOf(response)
    if (!response.ok) throw faultOf(answer, response)
    if (answer.issuer !== issuer)
      throw new LoginFault('invalid_issuer', `Issuer ${issuer} calls itself by another name`)
    return answer as unknown as IssuerMetadata // as the specification says
  }

  #send(request: Request, harmless = true): Promise<Response> {
    const { fetch = (sent) => globalThis.fetch(sent), retry } = this.#options
    return sendAgain(request, fetch, retry, harmless)
  }
}

const FORM = 'application/x-www-form-urlencoded'
/** How long a token is good whose issuer does not say so. */
const SECONDS = 60

async function contentOf(response: Response): Promise<Readonly<Record<string, unknown>>> {
  const content: unknown = await response.json().catch(() => undefined)
  return typeof content === 'object' && content !== null ? { ...content } : {}
}

function faultOf(
  { error, error_description: description }: Readonly<Record<string, unknown>>,
  { status }: Response,
): LoginFault {
  const code = typeof error === 'string' ? error : 'server_error'
  return new LoginFault(code, typeof description === 'string' ? description : `Issuer answers ${status}`)
}
