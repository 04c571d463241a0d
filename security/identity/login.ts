import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Provider } from 'oidc-provider'
import type { Accounts } from './accounts.ts'
import type { Lockout } from './lockout.ts'
import { errorPage, type Language, languageOf, loginPage } from './login-page.ts'
import { sendPage } from './send-page.ts'

const INTERACTION = /^\/interaction\/[\w-]{1,100}\/?(?:\?|$)/
const MAX_FORM_BYTES = 8192

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>

/** Tells whether a request is one for the login page. */
export function isLogin(request: IncomingMessage): boolean {
  return INTERACTION.test(request.url ?? '')
}

/** Serves the login page and takes its form. */
export function createLogin({
  provider,
  accounts,
  lockout,
}: {
  readonly provider: Provider
  readonly accounts: Accounts
  readonly lockout: Lockout
}): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    const details = await provider.interactionDetails(request, response).catch(() => undefined)
    const language = askedLanguage(request, details)
    if (!details) return sendPage(response, 400, errorPage(language, 'session_not_found'))
    const clientId = String(details.params.client_id ?? '')
    const { clientName = clientId } = (await provider.Client.find(clientId)) ?? {}
    const shown = { client: clientName, origins: redirectOrigins(details) }
    const show = (status: number, failed: boolean, account?: string) =>
      sendPage(
        response,
        status,
        loginPage(language, { failed, client: shown.client, ...(account !== undefined && { account }) }),
        shown.origins,
      )
    if (request.method === 'GET' || request.method === 'HEAD') return show(200, false)
    if (request.method !== 'POST' || isForeign(request, provider.issuer)) {
      return sendPage(response, 400, errorPage(language, 'invalid_request'))
    }
    const form = await readForm(request)
    if (!form) return sendPage(response, 400, errorPage(language, 'invalid_request'))
    if (form.get('cancel') === 'yes') return cancel(provider, request, response)
    const account = form.get('account') ?? ''
    const subject = await logIn(
      { accounts, lockout },
      account,
      form.get('password') ?? '',
      addressOf(request),
    )
    if (subject === undefined) return show(401, true, account)
    await provider.interactionFinished(
      request,
      response,
      { login: { accountId: subject, remember: false, acr: 'aal1', amr: ['pwd'] } },
      { mergeWithLastSubmission: false },
    )
  }
}

async function logIn(
  { accounts, lockout }: { readonly accounts: Accounts; readonly lockout: Lockout },
  name: string,
  password: string,
  address: string,
): Promise<string | undefined> {
  const locked = await lockout.isLocked(name, address)
  const account = await accounts.verify(name, password)
  if (locked || !account) {
    if (!locked) await lockout.failed(name, address)
    return undefined
  }
  await lockout.succeeded(name, address)
  return accounts.subjectOf(account)
}

async function cancel(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const result = { error: 'access_denied', error_description: 'Login was cancelled' }
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false })
}

function askedLanguage(request: IncomingMessage, details: Interaction | undefined): Language {
  const asked = new URL(request.url ?? '/', 'http://localhost').searchParams.get('lang')
  const locales = details?.params.ui_locales
  return languageOf(
    asked ?? (typeof locales === 'string' ? locales : undefined),
    request.headers['accept-language'],
  )
}

/** Browsers hold the whole chain of redirects after a form against its policy: where it ends has to be in it. */
function redirectOrigins({ params }: Interaction): readonly string[] {
  const target = String(params.redirect_uri ?? '')
  return URL.canParse(target) ? [new URL(target).origin] : []
}

/** A form that another site sent: its cookie is not sent along anyway (SameSite), this is the second lock. */
function isForeign(request: IncomingMessage, issuer: string): boolean {
  const { origin } = request.headers
  return origin !== undefined && origin !== 'null' && origin !== new URL(issuer).origin
}

function addressOf(request: IncomingMessage): string {
  return request.socket.remoteAddress ?? ''
}

async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  if (!/^application\/x-www-form-urlencoded\b/i.test(request.headers['content-type'] ?? '')) return undefined
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    // no encoding was set: chunks are buffers
    length += chunk.length
    if (length > MAX_FORM_BYTES) return undefined
    chunks.push(chunk)
  }
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'))
}
