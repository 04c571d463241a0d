import { createHash, randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Client } from 'undici'
import type { Store } from '../../broker/store/port/store.ts'
import { createEgress } from '../../security/egress/create-egress.ts'
import type { Account, ConfiguredClient } from '../../security/identity/accounts.ts'
import {
  createIdentityProvider,
  type IdentityProvider,
  type IdentityProviderOptions,
} from '../../security/identity/identity-provider.ts'
import { hashOfTest } from '../support/hash-of-test.ts'
import { openTestStore } from '../support/store-of-tests.ts'

export const RESOURCE = 'urn:urban-data-hub'
export const PASSWORD = 'một mật khẩu dài'
export const ACCOUNT = 'operator.song-cong'
export const SECRET = 'a-secret-of-a-machine'
export const REDIRECT = 'https://app.example.org/back'

let ahead = 0
const now = () => Date.now() * 1000 + ahead

/** Lets the clock of all providers be so many days ahead; that of the library is the machine's. */
export function beAhead(days: number): void {
  ahead = days * 24 * 3600 * 1_000_000
}
const hashOfPassword = hashOfTest(PASSWORD)

const hashOfSecret = hashOfTest(SECRET)

/** Hash of PASSWORD. */
export const passwordHash = async (): Promise<string> => hashOfPassword

/** Hash of SECRET. */
export const secretHash = async (): Promise<string> => hashOfSecret

/** A provider behind a real HTTP server, with a real store. */
export interface IdentityServer {
  readonly url: string
  readonly issuer: string
  readonly provider: IdentityProvider
  readonly store: Store
  /** What was taken back, as `kind id`. */
  readonly revoked: readonly string[]
  /** What the provider logged. */
  readonly failures: readonly string[]
  /** Stops the server and starts another provider on the same store. */
  restart(): Promise<IdentityServer>
  stop(): Promise<void>
}

/** Starts a provider with two accounts, a machine and an application. */
export async function startIdentity(
  more: {
    readonly demoGrant?: boolean
    readonly demoPassword?: string
    readonly directory?: string
    readonly clients?: readonly ConfiguredClient[]
    readonly accounts?: readonly Account[]
    readonly verify?: IdentityProviderOptions['verify']
    readonly records?: NonNullable<IdentityProviderOptions['records']>
  } = {},
): Promise<IdentityServer> {
  const directory = more.directory ?? mkdtempSync(join(tmpdir(), 'hub-identity-'))
  const store = await openTestStore(directory, now)
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}` // it listens on a port
  const issuer = `${url}/oidc`
  const egress = createEgress({ mode: 'open', allowedOrigins: [] })
  const revoked: string[] = []
  const failures: string[] = []
  const provider = await createIdentityProvider({
    issuer,
    store,
    clock: now,
    resource: RESOURCE,
    accounts: [
      {
        name: 'operator.song-cong',
        password: hashOfPassword,
        roles: ['operator'],
        city: 'song-cong',
        organisation: 'H55.02',
        purpose: 'operations',
      },
      { name: 'public', roles: ['public'] },
      ...(more.accounts ?? []),
    ],
    name: 'Trung tâm dữ liệu',
    clients: [...clients(hashOfSecret), ...(more.clients ?? [])],
    secret: Buffer.alloc(32, 7),
    keyDays: 90,
    lifetimes: { session: 8 * 3600, idle: 3600, offline: 30 * 24 * 3600 },
    egress,
    log: (record, text) => void failures.push(`${text}: ${String(record.err)}`),
    revocations: {
      revoke: async ({ kind, id }) => {
        revoked.push(`${kind} ${id}`)
      },
    },
    verify: more.verify ?? (() => Promise.reject(new Error('is none'))),
    ...(more.records && { records: more.records }),
    ...(more.demoGrant && { demoGrant: true }),
    ...(more.demoPassword !== undefined && { demoPassword: more.demoPassword }),
  }).catch(async (error: unknown) => {
    server.close()
    await store.close()
    throw error
  })
  server.on('request', (request, response) => {
    const original = request.url ?? '/'
    Object.assign(request satisfies IncomingMessage, { originalUrl: original })
    request.url = original.replace(/^\/oidc/, '') || '/'
    provider.callback(request, response)
  })
  const close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await store.close()
    await egress.close()
  }
  return {
    url,
    issuer,
    provider,
    store,
    revoked,
    failures,
    restart: async () => {
      await close()
      return startIdentity({ ...more, directory })
    },
    stop: async () => {
      await close()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function clients(secret: string): readonly ConfiguredClient[] {
  return [
    { id: 'feeds', secret, roles: ['feed'], city: 'song-cong' },
    { id: 'console', redirectUris: [REDIRECT] },
  ]
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
  readonly json: Readonly<Record<string, unknown>>
}

/** A browser: keeps cookies by path, follows nothing on its own. */
export class Browser {
  readonly #client: Client
  readonly #jar = new Map<string, { readonly path: string; readonly value: string }>()
  readonly #url: string

  constructor(url: string) {
    this.#url = url
    this.#client = new Client(url)
  }

  async send(
    path: string,
    {
      form,
      headers = {},
    }: { readonly form?: Record<string, string>; readonly headers?: Record<string, string> } = {},
  ): Promise<Answer> {
    const target = path.startsWith('http') ? path.slice(this.#url.length) : path
    const cookie = this.#cookiesFor(target)
    const answer = await this.#client.request({
      path: target,
      method: form ? 'POST' : 'GET',
      headers: {
        accept: 'text/html',
        ...(cookie !== '' && { cookie }),
        ...(form && { 'content-type': 'application/x-www-form-urlencoded' }),
        ...headers,
      },
      ...(form && { body: new URLSearchParams(form).toString() }),
    })
    this.#keep(answer.headers['set-cookie'])
    const text = await answer.body.text()
    return { status: answer.statusCode, headers: answer.headers, text, json: jsonOf(text) }
  }

  close(): Promise<void> {
    return this.#client.close()
  }

  #cookiesFor(target: string): string {
    return [...this.#jar]
      .filter(([, { path }]) => target.startsWith(path))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ')
  }

  #keep(lines: string | string[] | undefined): void {
    for (const line of [lines ?? []].flat()) {
      const [pair = '', ...attributes] = line.split(';').map((part) => part.trim())
      const at = pair.indexOf('=')
      const path = attributes.find((each) => each.toLowerCase().startsWith('path='))?.slice(5) ?? '/'
      if (pair.slice(at + 1) === '') this.#jar.delete(pair.slice(0, at))
      else this.#jar.set(pair.slice(0, at), { path, value: pair.slice(at + 1) })
    }
  }
}

function jsonOf(text: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(text) as Readonly<Record<string, unknown>> // tests look only for members they expect
  } catch {
    return {}
  }
}

/** The two halves of a PKCE proof. */
export function pkce(): { readonly verifier: string; readonly challenge: string } {
  const verifier = randomBytes(32).toString('base64url')
  return { verifier, challenge: createHash('sha256').update(verifier).digest('base64url') }
}

/** Answers the path and query of an authorization request. */
export function authorizationPath(challenge: string, more: Record<string, string> = {}): string {
  const query = new URLSearchParams({
    client_id: 'console',
    response_type: 'code',
    redirect_uri: REDIRECT,
    scope: 'openid hub',
    state: 'a-state',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...more,
  })
  return `/oidc/auth?${query}`
}

/** Opens the login page of an authorization request; answers where it is. */
export async function openLogin(
  browser: Browser,
  challenge: string,
  more: Record<string, string> = {},
): Promise<string> {
  const answer = await browser.send(authorizationPath(challenge, more))
  return String(answer.headers.location)
}

/** Asks the token endpoint. */
export const token = (browser: Browser, form: Record<string, string>, headers: Record<string, string> = {}) =>
  browser.send('/oidc/token', { form, headers: { accept: 'application/json', ...headers } })

/** How a machine shows itself. */
export const basic = (id: string, secret: string) => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
})

/** Logs in and answers the code. */
export async function logIn(
  browser: Browser,
  challenge: string,
  more: Record<string, string> = {},
): Promise<string> {
  const page = await openLogin(browser, challenge, more)
  const posted = await browser.send(page, { form: { account: ACCOUNT, password: PASSWORD } })
  expect(posted.status).to.equal(303)
  const back = await browser.send(String(posted.headers.location))
  const target = new URL(String(back.headers.location))
  expect(target.origin + target.pathname).to.equal(REDIRECT)
  expect(target.searchParams.get('state')).to.equal('a-state')
  return target.searchParams.get('code') ?? ''
}

/** Exchanges a code for tokens. */
export const redeem = (
  browser: Browser,
  code: string,
  verifier: string,
  client = 'console',
): Promise<Answer> =>
  token(browser, {
    grant_type: 'authorization_code',
    client_id: client,
    code,
    redirect_uri: REDIRECT,
    code_verifier: verifier,
  })
