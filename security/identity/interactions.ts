import type { IncomingMessage, ServerResponse } from 'node:http'
import type { InteractionResults, Provider } from 'oidc-provider'
import type { Micros } from '../../broker/core/model/time.ts'
import type { Accounts } from './accounts.ts'
import { consented, consentStep } from './consent-step.ts'
import { readForm } from './form.ts'
import type { IdentityDocuments } from './identity-documents.ts'
import { addressOf, type IdentityEvent, type IdentityRecords } from './identity-events.ts'
import type { Lockout } from './lockout.ts'
import { errorPage } from './login-pages.ts'
import { loginStep } from './login-step.ts'
import { chosenLanguage, type Language, languageOf, type Page, rememberLanguage } from './page.ts'
import type { SecondFactors } from './second-factors.ts'
import { sendPage } from './send-page.ts'

const INTERACTION = /^\/interaction\/[\w-]{1,100}\/?(?:\?|$)/

/** What the provider wants to know of somebody before it goes on. */
export type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>

/** What the steps of an interaction work with. */
export interface InteractionParts {
  readonly provider: Provider
  readonly accounts: Accounts
  readonly lockout: Lockout
  readonly clock: () => Micros
  readonly documents: IdentityDocuments
  readonly secondFactors: SecondFactors
  readonly offlineDays: number
  /** How authenticators call this provider. */
  readonly name: string
  readonly issuer: string
  readonly records: IdentityRecords
}

/** One request of an interaction. */
export interface Turn {
  readonly interaction: Interaction
  readonly language: Language
  /** What was sent; absent: the page is only looked at. */
  readonly form?: URLSearchParams
  readonly address: string
  readonly client: string
}

/** What comes of a turn: a page, or the end of the interaction; and what has to be on record before it is answered. */
export type Outcome = { readonly event?: IdentityEvent } & (
  | { readonly page: Page; readonly status: number }
  | { readonly result: InteractionResults; readonly merge: boolean }
)

/** Tells whether a request is one for the pages that the provider sends people to. */
export function isInteraction(request: IncomingMessage): boolean {
  return INTERACTION.test(request.url ?? '')
}

/** Serves the pages on which people log in and agree, and takes their forms. */
export function createInteractions(
  parts: InteractionParts,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { provider } = parts
  const { pathname, protocol } = new URL(provider.issuer)
  return async (request, response) => {
    const interaction = await provider.interactionDetails(request, response).catch(() => undefined)
    const asked = new URL(request.url ?? '/', 'http://localhost').searchParams.get('lang')
    const language = languageFor(request, asked, interaction)
    const refuse = (code: string) => sendPage(response, 400, errorPage(language, code))
    if (!interaction) return refuse('session_not_found')
    const looks = request.method === 'GET' || request.method === 'HEAD'
    if (!looks && (request.method !== 'POST' || isForeign(request, provider.issuer))) {
      return refuse('invalid_request')
    }
    const form = looks ? undefined : await readForm(request)
    if (!looks && !form) return refuse('invalid_request')
    const clientId = String(interaction.params.client_id ?? '')
    const { clientName = clientId } = (await provider.Client.find(clientId)) ?? {}
    const outcome = await take(parts, {
      ...{ interaction, language, client: clientName },
      address: request.socket.remoteAddress ?? '',
      ...(form && { form }),
    })
    if (outcome.event) await parts.records.note({ ...outcome.event, ...addressOf(request) })
    if ('result' in outcome) {
      return provider.interactionFinished(request, response, outcome.result, {
        mergeWithLastSubmission: outcome.merge,
      })
    }
    sendPage(response, outcome.status, outcome.page, {
      formOrigins: redirectOrigins(interaction),
      headers: rememberLanguage(looks ? asked : undefined, {
        prefix: pathname.replace(/\/$/, ''),
        secure: protocol === 'https:',
      }),
    })
  }
}

function take(parts: InteractionParts, turn: Turn): Promise<Outcome> {
  const { interaction, form } = turn
  const asksConsent = interaction.prompt.name === 'consent'
  if (form?.get('cancel') === 'yes') {
    const result = { error: 'access_denied', error_description: 'Login was cancelled' }
    const event = asksConsent && consented(parts, interaction, 'refused')
    return Promise.resolve({ result, merge: false, ...(event && { event }) })
  }
  return asksConsent ? consentStep(parts, turn) : loginStep(parts, turn)
}

function languageFor(
  { headers }: IncomingMessage,
  asked: string | null,
  interaction: Interaction | undefined,
): Language {
  const locales = interaction?.params.ui_locales
  return languageOf(
    asked,
    chosenLanguage(headers.cookie),
    typeof locales === 'string' ? locales : undefined,
    headers['accept-language'],
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
