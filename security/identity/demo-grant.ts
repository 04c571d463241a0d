import type { IncomingMessage } from 'node:http'
import { errors, type KoaContextWithOIDC, type Provider, type ResourceServer } from 'oidc-provider'
import type { Accounts } from './accounts.ts'
import { DEMO_GRANT } from './demo-client.ts'

const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via']

/** Registers the demo grant: only where it was asked for, and it answers loopback only. */
export function registerDemoGrant(
  provider: Provider,
  accounts: Accounts,
  resourceServer: ResourceServer,
): void {
  provider.registerGrantType(
    DEMO_GRANT,
    async (context, next) => {
      if (!isLocal(context.req)) throw refused('the demo grant answers on loopback only')
      const account = accounts.named(String(context.oidc.params?.account ?? ''))
      if (!account) throw refused('there is no such demo account')
      await answerToken(context, accounts.subjectOf(account), resourceServer)
      await next()
    },
    ['account'],
  )
}

/** The reason is told: who may use this grant may know. */
function refused(reason: string): errors.OIDCProviderError {
  return new errors.CustomOIDCProviderError('invalid_grant', reason)
}

async function answerToken(
  context: KoaContextWithOIDC,
  accountId: string,
  resourceServer: ResourceServer,
): Promise<void> {
  const { client, provider } = context.oidc
  if (!client) throw new errors.InvalidClient('client is missing', 'no client')
  const token = new provider.AccessToken({
    accountId,
    client,
    gty: DEMO_GRANT,
    grantId: '',
    scope: '',
    resourceServer,
  })
  context.oidc.entity('AccessToken', token)
  context.body = {
    access_token: await token.save(),
    expires_in: token.expiration,
    token_type: token.tokenType,
  }
}

/** On the same machine, and not through a proxy that runs there. */
function isLocal({ socket, headers }: IncomingMessage): boolean {
  const address = socket.remoteAddress ?? ''
  const loopback = /^(?:::ffff:)?127\./.test(address) || address === '::1'
  return loopback && FORWARDED.every((name) => headers[name] === undefined)
}
