import { accountClaims } from './account-claims.ts'
import { consentPage } from './consent-page.ts'
import type { IdentityEvent } from './identity-events.ts'
import type { Interaction, InteractionParts, Outcome, Turn } from './interactions.ts'

const DAY_SECONDS = 24 * 3600

/** Asks somebody whether an application may have what it wants, and keeps the answer as a grant once it is on record. */
export async function consentStep(parts: InteractionParts, turn: Turn): Promise<Outcome> {
  const { interaction, language, form, client } = turn
  if (form?.get('consent') === 'yes') {
    const { address } = turn
    await parts.records.note({ ...consented(parts, interaction, 'done'), ...(address !== '' && { address }) })
    return { result: { consent: { grantId: await grantOf(parts, interaction) } }, merge: true }
  }
  const account = parts.accounts.behind(interaction.session?.accountId ?? '')
  const { roles = [], city, purpose } = account ?? {}
  const target = String(interaction.params.redirect_uri ?? '')
  const question = {
    client,
    account: account?.name ?? '',
    rights: [...roles, city, purpose].filter((each) => each !== undefined),
    scopes: wishesOf(interaction),
    offlineDays: parts.offlineDays,
    ...(URL.canParse(target) && { back: new URL(target).host }),
  }
  return { status: 200, page: consentPage(language, question) }
}

/** What somebody said on the page that asks. */
export function consented(
  parts: InteractionParts,
  interaction: Interaction,
  outcome: 'done' | 'refused',
): IdentityEvent {
  const subject = interaction.session?.accountId ?? ''
  const by = accountClaims(parts, { subject, client: String(interaction.params.client_id) })
  const scopes = [...wishesOf(interaction)].sort()
  return { operation: 'identity.consent', outcome, ...(by && { by }), details: { scopes } }
}

/** All that was asked for, also what was granted before: the answer is about the whole. */
function wishesOf({ params, prompt: { details } }: Interaction): ReadonlySet<string> {
  const missing = details.missingResourceScopes as Readonly<Record<string, readonly string[]>> | undefined // as the library has it
  return new Set([...String(params.scope ?? '').split(' '), ...Object.values(missing ?? {}).flat()])
}

async function grantOf(
  { provider, offlineDays }: InteractionParts,
  interaction: Interaction,
): Promise<string> {
  const { grantId, session, params, prompt } = interaction
  const scopes = wishesOf(interaction)
  const before = grantId === undefined ? undefined : await provider.Grant.find(grantId)
  const offline = scopes.has('offline_access') && { expiresIn: offlineDays * DAY_SECONDS }
  const grant =
    before ??
    new provider.Grant({
      accountId: session?.accountId ?? '',
      clientId: String(params.client_id),
      ...offline,
    })
  grant.addOIDCScope([...scopes].filter((scope) => scope !== 'hub').join(' '))
  const resources = prompt.details.missingResourceScopes as
    | Readonly<Record<string, readonly string[]>>
    | undefined // as above
  for (const [resource, wanted] of Object.entries(resources ?? {})) {
    grant.addResourceScope(resource, wanted.join(' '))
  }
  return grant.save()
}
