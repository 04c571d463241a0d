import { randomBytes } from 'node:crypto'
import type { JsonObject } from '../../broker/core/model/json.ts'
import { accountClaims } from './account-claims.ts'
import type { Account } from './accounts.ts'
import { ASSURED_BY_TWO } from './assurance.ts'
import type { IdentityEvent } from './identity-events.ts'
import type { InteractionParts, Outcome, Turn } from './interactions.ts'
import { INTERACTION_SECONDS } from './lifetimes.ts'
import { loginPage } from './login-pages.ts'
import { codePage, enrolPage, recoveryPage } from './second-factor-pages.ts'
import { needsSecondFactor } from './second-factor-policy.ts'
import { squareOf } from './square-code.ts'
import { base32, keyUri } from './totp.ts'

/** How far somebody has come in a login that takes several pages. */
interface Progress {
  /** Who showed the password. */
  readonly subject: string
  /** A key that is about to become the second factor. */
  readonly key?: string
  /** The second factor was set up a moment ago: codes are shown, then the login is done. */
  readonly done?: boolean
}

const KEY_BYTES = 20

/** Takes a login one page further: password, then the second factor or its setting up. */
export async function loginStep(parts: InteractionParts, turn: Turn): Promise<Outcome> {
  const progress = await progressOf(parts, turn)
  const account = progress && parts.accounts.behind(progress.subject)
  if (!progress || !account) return passwordStep(parts, turn)
  if (progress.done) return finish(parts, turn, progress.subject, ['pwd', 'otp', 'mfa'])
  const isSetUp = await parts.secondFactors.isSetUp(progress.subject, account.secondFactorSince)
  return isSetUp
    ? codeStep(parts, turn, progress.subject, account)
    : enrolStep(parts, turn, progress, account)
}

async function passwordStep(parts: InteractionParts, turn: Turn): Promise<Outcome> {
  const { accounts, lockout, secondFactors } = parts
  const { form, language, client, address } = turn
  if (!form) return { status: 200, page: loginPage(language, { failed: false, client }) }
  const name = form.get('account') ?? ''
  const { right: account, refused } = await lockout.attempt(name, address, () =>
    accounts.verify(name, form.get('password') ?? ''),
  )
  if (!account) {
    const known = accounts.named(name)
    const event = failure(parts, turn, {
      refused,
      shown: 'password',
      ...(known && { subject: accounts.subjectOf(known) }),
    })
    return { status: 401, page: loginPage(language, { failed: true, client, account: name }), event }
  }
  const subject = accounts.subjectOf(account)
  const asked = needsSecondFactor(account, turn.interaction.params.acr_values)
  if (!asked && !(await secondFactors.isSetUp(subject, account.secondFactorSince))) {
    await lockout.succeeded(name, address)
    return finish(parts, turn, subject, ['pwd'])
  }
  await keep(parts, turn, { subject })
  const { form: _, ...looking } = turn
  return loginStep(parts, looking)
}

/** Wrong codes count as wrong passwords do: who knows the password cannot try them all. */
async function codeStep(
  parts: InteractionParts,
  turn: Turn,
  subject: string,
  { name }: Account,
): Promise<Outcome> {
  const { lockout, secondFactors } = parts
  const { form, language, address } = turn
  if (!form) return { status: 200, page: codePage(language, { failed: false }) }
  const { right: shown, refused } = await lockout.attempt(name, address, () =>
    secondFactors.take(subject, form.get('code') ?? ''),
  )
  if (!shown) {
    const event = failure(parts, turn, { refused, shown: 'code', subject })
    return { status: 401, page: codePage(language, { failed: true }), event }
  }
  await lockout.succeeded(name, address)
  const methods = shown === 'code' ? ['pwd', 'otp', 'mfa'] : ['pwd', 'mfa']
  return finish(parts, turn, subject, methods)
}

async function enrolStep(
  parts: InteractionParts,
  turn: Turn,
  progress: Progress,
  account: Account,
): Promise<Outcome> {
  const { form, language } = turn
  const key = Buffer.from(progress.key ?? randomBytes(KEY_BYTES).toString('base64url'), 'base64url')
  if (progress.key === undefined) {
    await keep(parts, turn, { ...progress, key: key.toString('base64url') })
  }
  const code = form?.get('code')
  const codes =
    typeof code === 'string' ? await setUp(parts, turn, progress.subject, { key, code }) : undefined
  if (!codes) {
    const uri = keyUri(key, { issuer: parts.name, account: account.name })
    const failed = typeof code === 'string'
    const shown = { failed, key: base32(key), uri, square: squareOf(uri) }
    return { status: failed ? 401 : 200, page: enrolPage(language, shown) }
  }
  await parts.lockout.succeeded(account.name, turn.address)
  await keep(parts, turn, { subject: progress.subject, done: true })
  return { status: 200, page: recoveryPage(language, codes) }
}

/** It is on record before it is in force: what nobody would know of is not set. */
async function setUp(
  parts: InteractionParts,
  turn: Turn,
  subject: string,
  shown: { readonly key: Uint8Array; readonly code: string },
): Promise<readonly string[] | undefined> {
  const before = await parts.secondFactors.isSetUp(subject)
  const { address } = turn
  const event = { ...enrolled(parts, turn, subject, before), ...(address !== '' && { address }) }
  return parts.secondFactors.setUp(subject, shown, () => parts.records.note(event))
}

async function finish(
  parts: InteractionParts,
  { interaction }: Turn,
  subject: string,
  methods: readonly string[],
): Promise<Outcome> {
  await parts.documents.remove(nameOf(interaction.uid))
  const acr = methods.includes('mfa') ? ASSURED_BY_TWO : 'aal1'
  const by = accountClaims(parts, { subject, acr, client: clientOf(interaction) })
  return {
    result: { login: { accountId: subject, remember: false, acr, amr: [...methods] } },
    merge: false,
    event: { operation: 'identity.signIn', outcome: 'done', ...(by && { by }), details: { methods } },
  }
}

/** An attempt that let nobody in: who was meant is told of accounts that there are alone. */
function failure(
  parts: InteractionParts,
  { interaction }: Turn,
  {
    refused,
    shown,
    subject = '',
  }: {
    readonly refused: 'wrong' | 'locked' | undefined
    readonly shown: 'password' | 'code'
    readonly subject?: string
  },
): IdentityEvent {
  const by = accountClaims(parts, { subject })
  const isLocked = refused === 'locked'
  return {
    ...{ operation: 'identity.signIn', outcome: isLocked ? 'refused' : 'failed' },
    ...(by && { by }),
    details: { shown, client: clientOf(interaction), ...(isLocked && { locked: true }) },
  }
}

/** `before`: there was one already, which is good no more. */
function enrolled(
  parts: InteractionParts,
  { interaction }: Turn,
  subject: string,
  before: boolean,
): IdentityEvent {
  const by = accountClaims(parts, { subject, client: clientOf(interaction) })
  return {
    ...{ operation: 'identity.secondFactor', outcome: 'done' },
    ...(by && { by }),
    details: { set: before ? 'again' : 'first' },
  }
}

const clientOf = ({ params }: Turn['interaction']): string => String(params.client_id ?? '')

/**
 * Who is logged in and lacks the second factor alone is not asked for the password again; to set one up takes the password:
 * a session that somebody left open is not enough.
 */
async function progressOf(parts: InteractionParts, { interaction }: Turn): Promise<Progress | undefined> {
  const kept = await parts.documents.read(nameOf(interaction.uid))
  if (kept) return kept as unknown as Progress // written by keep
  const { prompt, session } = interaction
  const subject = session?.accountId
  if (subject === undefined || !prompt.reasons.every((reason) => reason === 'second_factor')) return undefined
  const since = parts.accounts.behind(subject)?.secondFactorSince
  return (await parts.secondFactors.isSetUp(subject, since)) ? { subject } : undefined
}

async function keep(
  { documents, clock }: InteractionParts,
  { interaction }: Turn,
  progress: Progress,
): Promise<void> {
  const document: JsonObject = { ...progress }
  await documents.write(nameOf(interaction.uid), document, clock() + INTERACTION_SECONDS * 1_000_000)
}

const nameOf = (uid: string) => `login-progress:${uid}`
