import { type Dispatcher, request } from 'undici'
import { CommandFailure } from '../command-failure.ts'
import { demoToken } from '../demo-token.ts'

/** Which hub a command asks, and as whom. */
export interface HubOptions {
  readonly hub: string
  readonly issuer: string
  readonly tenant: string
  readonly account: string
}

/** One request of a command. */
export interface HubQuestion {
  readonly method?: 'GET' | 'POST' | 'DELETE'
  /** Path and query, from the first slash on. */
  readonly path: string
  readonly accept?: string
  /** Between two pieces of an answer so long may pass, milliseconds. */
  readonly patienceMs?: number
}

/** Asks a running hub; answers what it answers with success. @throws CommandFailure when it does not answer or refuses */
export async function askHub(
  { hub, tenant, ...who }: HubOptions,
  { method = 'GET', path, accept = 'application/json', patienceMs = 60_000 }: HubQuestion,
): Promise<Dispatcher.ResponseData> {
  const token = await tokenOf(who)
  const answer = await request(`${hub.replace(/\/$/, '')}${path}`, {
    method,
    headers: {
      accept,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(tenant !== '' && { 'ngsild-tenant': tenant }),
    },
    headersTimeout: patienceMs,
    bodyTimeout: patienceMs,
  }).catch(() => undefined)
  if (!answer) throw new CommandFailure(`Hub ${hub} does not answer: is it running?`)
  if (answer.statusCode < 300) return answer
  throw new CommandFailure(`Hub ${hub} refuses: ${detailOf(await answer.body.text())}`)
}

function tokenOf({ account, issuer }: Pick<HubOptions, 'account' | 'issuer'>): Promise<string | undefined> {
  const { HUB_TOKEN } = process.env
  if (HUB_TOKEN !== undefined || account === '') return Promise.resolve(HUB_TOKEN)
  return demoToken(account, issuer.replace(/\/$/, ''))
}

function detailOf(text: string): string {
  try {
    const { detail }: { detail?: unknown } = JSON.parse(text)
    return typeof detail === 'string' ? detail : text
  } catch {
    return text
  }
}
