import { randomBytes } from 'node:crypto'
import type { Client, Provider } from 'oidc-provider'
import type { Egress } from '../egress/egress.ts'

const EVENT = 'http://schemas.openid.net/event/backchannel-logout'
const TIMEOUT_MS = 3000
const MAX_BYTES = 1024

/** A token of OpenID Connect Back-Channel Logout: the members of the library that its types do not know. */
interface LogoutToken {
  mask: object
  set(name: string, value: unknown): void
  issue(how: { readonly use: 'logout' }): Promise<string>
}
type LogoutTokens = new (
  claims: object,
  context: { readonly client: Client; readonly ctx: undefined },
) => LogoutToken

/** Tells applications of logouts through the hub's guarded door (OpenID Connect Back-Channel Logout 1.0, 2.5). */
export function tellOfLogouts(provider: Provider, egress: Egress): void {
  const IdToken = provider.IdToken as unknown as LogoutTokens
  provider.Client.prototype.backchannelLogout = async function (this: Client, sub: string, sid: string) {
    const token = new IdToken({ sub }, { client: this, ctx: undefined })
    token.mask = { sub: null }
    token.set('events', { [EVENT]: {} })
    token.set('jti', randomBytes(16).toString('base64url'))
    token.set('sid', sid)
    const { status } = await egress.request({
      url: this.backchannelLogoutUri ?? '',
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ logout_token: await token.issue({ use: 'logout' }) }).toString(),
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_BYTES,
    })
    if (status !== 200 && status !== 204)
      throw new Error(`Application answers a logout with status ${status}`)
  }
}
