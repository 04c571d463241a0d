import { request } from 'undici'
import { DEMO_CLIENT, DEMO_GRANT } from '../../security/identity/demo-client.ts'
import { CommandFailure } from './command-failure.ts'

/** Gets an access token of a demo account from a hub's own provider. @throws CommandFailure */
export async function demoToken(account: string, hub: string): Promise<string> {
  const body = new URLSearchParams({
    grant_type: DEMO_GRANT,
    client_id: DEMO_CLIENT,
    account,
  }).toString()
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const answer = await request(`${hub}/oidc/token`, {
    method: 'POST',
    headers,
    body,
    headersTimeout: 10_000,
  }).catch(() => undefined)
  if (!answer) throw new CommandFailure(`Hub ${hub} does not answer: is it running?`)
  const content: { access_token?: unknown; error_description?: unknown } = await answer.body
    .json()
    .then(asRecord, () => ({}))
  if (typeof content.access_token === 'string') return content.access_token
  const reason =
    typeof content.error_description === 'string' ? content.error_description : `status ${answer.statusCode}`
  throw new CommandFailure(`Hub ${hub} gives no token for account ${account}: ${reason}`)
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
