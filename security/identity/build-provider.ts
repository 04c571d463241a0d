import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { LRUCache } from 'lru-cache'
import { Provider } from 'oidc-provider'
import { Problem } from '../../broker/core/model/problem.ts'
import { createSeal } from '../seal.ts'
import { accountClaims } from './account-claims.ts'
import { createAccounts } from './accounts.ts'
import { tellOfLogouts } from './backchannel-logout.ts'
import { registerDemoGrant } from './demo-grant.ts'
import { identityDocuments } from './identity-documents.ts'
import { NO_RECORDS } from './identity-events.ts'
import type { IdentityProvider, IdentityProviderOptions } from './identity-provider.ts'
import { createInteractions, isInteraction } from './interactions.ts'
import { withoutScripts } from './library-pages.ts'
import { LONGEST_TOKEN_SECONDS } from './lifetimes.ts'
import { createLockout } from './lockout.ts'
import { ownTokens, type Revocations } from './own-tokens.ts'
import { verifyPassword } from './password.ts'
import { providerConfiguration } from './provider-configuration.ts'
import { keepSecrets, type ProviderSecrets } from './provider-secrets.ts'
import { recordAnswers } from './recorded-answers.ts'
import { resourceServerOf } from './resource-server.ts'
import { keepSecondFactors } from './second-factors.ts'
import { publicKeys, publishedKeys, toldKeys } from './signing-keys.ts'
import { storeAdapter } from './store-adapter.ts'
import { pairwiseSubjects } from './subjects.ts'
import { type ExchangeParts, type GivenClaims, issueFor, registerTokenExchange } from './token-exchange.ts'

/** So long keys are believed to be the same ones. */
const KEYS_MICROS = 60_000_000
const DAY_SECONDS = 24 * 3600

/** A provider of the library in use, with the pages before it. */
interface InUse {
  readonly provider: Provider
  readonly answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>
}

/** Builds the provider on oidc-provider: loaded by `createIdentityProvider` when a hub runs one. */
export async function buildProvider(options: IdentityProviderOptions): Promise<IdentityProvider> {
  const { issuer, store, clock, clients, lifetimes, demoPassword, log, records = NO_RECORDS } = options
  const documents = identityDocuments(store, clock)
  const keeper = keepSecrets(documents, {
    clock,
    seal: createSeal(options.secret, 'identity provider'),
    keyDays: options.keyDays,
    // as a hint of who logs out an ID token is shown until its login has ended
    publishedFor: Math.max(lifetimes.session, LONGEST_TOKEN_SECONDS) * 1_000_000,
  })
  let secrets = await keeper.open()
  const accounts = await createAccounts(options.accounts, {
    pseudonym: secrets.pseudonym,
    ...(demoPassword !== undefined && { demoPassword }),
  })
  const keys = () => publicKeys(publishedKeys(secrets.keys, clock()))
  const subjects = pairwiseSubjects({
    ...{ accounts, clients },
    all: options.accounts,
    pseudonym: secrets.pseudonym,
  })
  const issued = ownTokens({ issuer, keys, clock, subjectBehind: subjects.behind })
  const revocations: Revocations = options.revocations ?? { revoke: () => Promise.resolve() }
  const adapter = storeAdapter({ documents, clock, issuer, issued, revocations })
  const people = {
    ...{ accounts, documents, clock, issuer, records },
    lockout: createLockout(documents, clock),
    secondFactors: keepSecondFactors(documents, { clock, seal: createSeal(options.secret, 'second factor') }),
    offlineDays: Math.round(lifetimes.offline / DAY_SECONDS),
    name: options.name,
  }
  const given: GivenClaims = new WeakMap()
  const exchange: ExchangeParts = {
    ...{ accounts, clock, issuer },
    clients: new Map(clients.map((client) => [client.id, client])),
    resourceServer: resourceServerOf,
    pseudonym: secrets.pseudonym,
    verify: options.verify,
  }

  /** One provider of the library has its keys for ever: others make another one, over the same store. */
  const inUseWith = (present: ProviderSecrets): InUse => {
    const provider = createLibraryProvider(options, {
      ...{ accounts, adapter, subjects, secrets: present, given },
      prefix: new URL(issuer).pathname.replace(/\/$/, ''),
    })
    registerTokenExchange(provider, exchange, given)
    recordAnswers(provider, {
      records,
      told: subjects.toldTo,
      claims: (subject) => accountClaims({ accounts, issuer }, { subject }),
    })
    const ask = createInteractions({ provider, ...people })
    const answer = provider.callback()
    return {
      provider,
      answer: (request, response) =>
        isInteraction(request) ? ask(request, response) : answer(request, response),
    }
  }
  const noteKeys = () =>
    records
      .note({
        ...{ operation: 'identity.keys.inForce', outcome: 'done' },
        details: { key: secrets.keys.signs.jwk.kid },
      })
      .catch((error: unknown) => log?.({ err: error }, 'keys in force cannot be put on record'))
  let inUse = inUseWith(secrets)
  await noteKeys()
  let looked = clock()
  const use = (present: ProviderSecrets) => {
    looked = clock()
    if (present.keys.signs.jwk.kid === secrets.keys.signs.jwk.kid) return
    secrets = present
    inUse = inUseWith(present)
    void noteKeys()
  }
  return {
    issuer,
    keys,
    publishedKeys: () => toldKeys(secrets.keys, clock()),
    rotateKeys: async (how) => {
      if (how.withdraw) {
        const until = clock() + LONGEST_TOKEN_SECONDS * 1_000_000
        await revocations.revoke({ issuer, kind: 'issuer', id: issuer, until })
        // tokens tell the second in which they were issued: those of the new keys are of a later one
        await pause(1000 - (Math.floor(clock() / 1000) % 1000))
      }
      use(await keeper.rotate(how))
    },
    loadKeys: async () => use(await keeper.open()),
    issueFor: async (whom) => {
      const token = await issueFor(inUse.provider, exchange, given, whom)
      const { subject, actor } = whom
      const by = accountClaims({ accounts, issuer }, { subject, client: actor })
      if (token !== undefined)
        await records.note({
          ...{ operation: 'identity.token', outcome: 'done', ...(by && { by }) },
          details: { grant: 'delegation', actor },
        })
      return token
    },
    // a client that acts for itself is its own subject
    behind: ({ subject, client }) =>
      subject === '' || subject === client
        ? clients.find(({ id }) => id === client)
        : accounts.behind(subjects.behind({ subject, ...(client !== undefined && { client }) }) ?? ''),
    callback: (request, response) => {
      const answered = async () => {
        // keys grow old, and another process may have changed them
        if (clock() - looked > KEYS_MICROS) use(await keeper.open())
        await inUse.answer(request, response)
      }
      answered().catch((error: unknown) => {
        log?.({ err: error }, 'identity provider failed')
        // what cannot be put on record is not given
        const status = error instanceof Problem ? 503 : 500
        if (!response.headersSent) response.writeHead(status)
        response.end()
      })
    },
  }
}

type LibraryParts = Pick<
  Parameters<typeof providerConfiguration>[0],
  'accounts' | 'secrets' | 'prefix' | 'given' | 'subjects'
> & {
  readonly adapter: ReturnType<typeof storeAdapter>
}

function createLibraryProvider(options: IdentityProviderOptions, parts: LibraryParts): Provider {
  const {
    issuer,
    resource,
    resourceUrls = [],
    clients,
    lifetimes,
    clock,
    demoGrant = false,
    egress,
    log,
  } = options
  const { adapter, accounts } = parts
  const configuration = providerConfiguration({
    ...parts,
    ...{ resource, resourceUrls, clients, lifetimes, clock, demoGrant },
  })
  const provider = new Provider(issuer, { ...configuration, adapter })
  provider.proxy = issuer.startsWith('https:')
  compareHashedSecrets(provider)
  tellOfLogouts(provider, egress)
  withoutScripts(provider)
  if (demoGrant) registerDemoGrant(provider, accounts, resourceServerOf(resource))
  provider.on('server_error', (_, error) => log?.({ err: error }, 'identity provider failed'))
  provider.on('backchannel.error', (_, error) => log?.({ err: error }, 'application is not told of a logout'))
  return provider
}

/** Client secrets are kept as hashes; a right one is remembered, so that machines do not cost a hash per token. */
function compareHashedSecrets(provider: Provider): void {
  const right = new LRUCache<string, true>({ max: 1000 })
  provider.Client.prototype.compareClientSecret = async function (actual: string): Promise<boolean> {
    const hash = this.clientSecret
    const key = createHash('sha256')
      .update(JSON.stringify([hash, actual]))
      .digest('base64url')
    if (right.has(key)) return true
    const same = hash !== undefined && (await verifyPassword(actual, hash))
    if (same) right.set(key, true)
    return same
  }
}
