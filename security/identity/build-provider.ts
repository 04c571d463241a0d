import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { Provider } from 'oidc-provider'
import { createAccounts } from './accounts.ts'
import { registerDemoGrant } from './demo-grant.ts'
import { identityDocuments } from './identity-documents.ts'
import type { IdentityProvider, IdentityProviderOptions } from './identity-provider.ts'
import { createLockout } from './lockout.ts'
import { createLogin, isLogin } from './login.ts'
import { verifyPassword } from './password.ts'
import { providerConfiguration, resourceServerOf } from './provider-configuration.ts'
import { openProviderSecrets, publicKeys } from './provider-secrets.ts'
import { storeAdapter } from './store-adapter.ts'

/** Builds the provider on oidc-provider: loaded by `createIdentityProvider` when a hub runs one. */
export async function buildProvider(options: IdentityProviderOptions): Promise<IdentityProvider> {
  const { issuer, store, clock, resource, clients, demoGrant = false, demoPassword, log } = options
  const documents = identityDocuments(store, clock)
  const secrets = await openProviderSecrets(documents, clock())
  const accounts = await createAccounts(options.accounts, {
    pseudonym: secrets.pseudonym,
    ...(demoPassword !== undefined && { demoPassword }),
  })
  const prefix = new URL(issuer).pathname.replace(/\/$/, '')
  const provider = new Provider(issuer, {
    ...providerConfiguration({ prefix, resource, accounts, clients, secrets, demoGrant }),
    adapter: storeAdapter(documents, clock),
  })
  provider.proxy = issuer.startsWith('https:')
  compareHashedSecrets(provider)
  if (demoGrant) registerDemoGrant(provider, accounts, resourceServerOf(resource))
  provider.on('server_error', (_, error) => log?.({ err: error }, 'identity provider failed'))

  const login = createLogin({ provider, accounts, lockout: createLockout(documents, clock) })
  const answer = provider.callback()
  return {
    issuer,
    keys: () => publicKeys(secrets.signing),
    // a client that acts for itself is its own subject
    behind: ({ subject, client }) =>
      subject === '' || subject === client
        ? clients.find(({ id }) => id === client)
        : accounts.behind(subject),
    callback: (request, response) => {
      if (!isLogin(request)) return void answer(request, response)
      login(request, response).catch((error: unknown) => {
        log?.({ err: error }, 'login page failed')
        if (!response.headersSent) response.writeHead(500)
        response.end()
      })
    },
  }
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
