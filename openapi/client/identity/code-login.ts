import { unlessAborted } from '../transport/retry.ts'
import type { TokenSource } from '../transport/transport.ts'
import { EARLY } from './client-credentials.ts'
import { Issuer, type IssuerOptions, LoginFault, type Tokens } from './issuer.ts'

/** Where a login is kept: `sessionStorage` of a page, or a store like it. */
export interface KeptTexts {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

/** An application that people log in to. */
export interface CodeLoginOptions extends IssuerOptions {
  /** Where the issuer sends people back to; registered with it. */
  readonly redirectUri: string
  /** `sessionStorage` unless said otherwise, so that a login is of one tab. */
  readonly storage?: KeptTexts
}

/** A login by authorization code with PKCE (RFC 7636), as pages do it; tokens are refreshed as long as the issuer lets them. */
export class CodeLogin {
  readonly #issuer: Issuer
  readonly #options: CodeLoginOptions
  readonly #storage: KeptTexts
  #renewing: Promise<Tokens> | undefined

  constructor(options: CodeLoginOptions) {
    this.#issuer = new Issuer(options)
    this.#options = options
    this.#storage = options.storage ?? pageStorage()
  }

  /** Answers the URL to send the browser to; `state` comes back from `complete`. @throws LoginFault, TypeError */
  async begin(
    state = '',
    parameters: Readonly<Record<string, string>> = {},
    signal?: AbortSignal,
  ): Promise<string> {
    const { clientId, redirectUri, scope = 'openid' } = this.#options
    const { authorization_endpoint: endpoint } = await unlessAborted(this.#issuer.metadata(), signal)
    const [verifier, key] = [randomText(), randomText()]
    const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))
    this.#keep('begun', { verifier, key, state })
    const url = new URL(endpoint)
    const all = {
      ...parameters,
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUri,
      scope,
      code_challenge: base64url(new Uint8Array(digest)),
      code_challenge_method: 'S256',
      state: key,
    }
    for (const [name, value] of Object.entries(all)) url.searchParams.set(name, value)
    return String(url)
  }

  /**
   * Takes what the issuer sent back in the URL of the page, and answers the `state` that the login was begun with; undefined: this is no such
   * URL. @throws LoginFault when the login did not succeed, or was not begun here
   */
  async complete(url: string, signal?: AbortSignal): Promise<string | undefined> {
    const answer = new URL(url).searchParams
    const [code, error] = [answer.get('code'), answer.get('error')]
    if (code === null && error === null) return undefined
    const begun = this.#kept('begun')
    this.#storage.removeItem(this.#name('begun'))
    if (!begun || answer.get('state') !== begun.key)
      throw new LoginFault('invalid_state', 'Login was not begun here')
    if (code === null)
      throw new LoginFault(error ?? '', answer.get('error_description') ?? 'Login did not succeed')
    const { issuer } = await unlessAborted(this.#issuer.metadata(), signal)
    if ((answer.get('iss') ?? issuer) !== issuer)
      throw new LoginFault('invalid_issuer', 'Login came back from another issuer')
    const { clientId, redirectUri } = this.#options
    const tokens = await unlessAborted(
      this.#issuer.tokens({
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        client_id: clientId,
        code_verifier: String(begun.verifier),
      }),
      signal,
    )
    this.#keep('login', tokens)
    return String(begun.state)
  }

  /** Tells whether somebody is logged in; whether the tokens hold is the hub's to judge. */
  get isLoggedIn(): boolean {
    const { until, refresh } = this.#kept('login') ?? {}
    return typeof refresh === 'string' || (typeof until === 'number' && until > Date.now())
  }

  /** Answers what the access token says of who is logged in, to be shown and never judged; undefined: nothing, or nobody is. */
  get claims(): Readonly<Record<string, unknown>> | undefined {
    return claimsOf(this.#kept('login')?.token)
  }

  /** Answers tokens for a client, refreshed when they end. @throws LoginFault when nobody is logged in, or not any more */
  get token(): TokenSource {
    return async ({ refused, signal }) => {
      const kept = this.#kept('login') as Tokens | undefined // `complete` kept it
      if (!kept) throw new LoginFault('login_required', 'Nobody is logged in')
      if (kept.token !== refused && kept.until - EARLY > Date.now()) return kept.token
      // a refresh token is good once, so two requests must not spend the same one
      this.#renewing ??= this.#renew(kept).finally(() => {
        this.#renewing = undefined
      })
      return (await unlessAborted(this.#renewing, signal)).token
    }
  }

  /** Forgets the login, and answers the URL to send the browser to, where the session at the issuer ends too, if it has one. */
  async end(signal?: AbortSignal): Promise<string | undefined> {
    const idToken = this.#kept('login')?.idToken
    this.#storage.removeItem(this.#name('login'))
    const { clientId, redirectUri } = this.#options
    const { end_session_endpoint: endpoint } = await unlessAborted(this.#issuer.metadata(), signal)
    if (endpoint === undefined) return undefined
    const url = new URL(endpoint)
    url.searchParams.set('client_id', clientId)
    url.searchParams.set('post_logout_redirect_uri', redirectUri)
    if (typeof idToken === 'string') url.searchParams.set('id_token_hint', idToken)
    return String(url)
  }

  async #renew(kept: Tokens): Promise<Tokens> {
    try {
      const { refresh } = kept
      if (refresh === undefined) throw new LoginFault('login_required', 'Login has ended')
      const { clientId: client_id } = this.#options
      const tokens = await this.#issuer.tokens({
        grant_type: 'refresh_token',
        refresh_token: refresh,
        client_id,
      })
      const next = { ...kept, ...tokens }
      this.#keep('login', next)
      return next
    } catch (fault) {
      if (fault instanceof LoginFault) this.#storage.removeItem(this.#name('login'))
      throw fault
    }
  }

  #name(what: 'begun' | 'login'): string {
    const { issuer, clientId } = this.#options
    return `hub-${what} ${clientId} ${issuer}`
  }

  #kept(what: 'begun' | 'login'): Readonly<Record<string, unknown>> | undefined {
    const text = this.#storage.getItem(this.#name(what))
    return text === null ? undefined : JSON.parse(text)
  }

  #keep(what: 'begun' | 'login', value: object): void {
    this.#storage.setItem(this.#name(what), JSON.stringify(value))
  }
}

/** @throws TypeError outside of pages */
function pageStorage(): KeptTexts {
  const sessionStorage: KeptTexts | undefined = Reflect.get(globalThis, 'sessionStorage')
  if (!sessionStorage) throw new TypeError('Login needs a storage')
  return sessionStorage
}

function randomText(): string {
  return base64url(crypto.getRandomValues(new Uint8Array(32)))
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
}

function claimsOf(token: unknown): Readonly<Record<string, unknown>> | undefined {
  try {
    const part = String(token).split('.')[1] ?? ''
    const bytes = Uint8Array.from(atob(part.replaceAll('-', '+').replaceAll('_', '/')), (byte) =>
      byte.charCodeAt(0),
    )
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
}
