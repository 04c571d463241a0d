import { type Dispatcher, request } from 'undici'
import { CommandFailure } from '../command-failure.ts'
import { tokenSource } from './token-source.ts'

/** Which hub a command asks, and as whom. */
export interface HubOptions {
  readonly hub: string
  readonly issuer: string
  readonly tenant: string
  readonly account: string
}

/** One request of a command. */
export interface HubQuestion {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  /** Path and query, from the first slash on. */
  readonly path: string
  readonly accept?: string
  /** What is sent, and as what. */
  readonly body?: Uint8Array
  readonly headers?: Readonly<Record<string, string>>
  /** Between two pieces of an answer so long may pass, milliseconds. */
  readonly patienceMs?: number
}

/** Asks a running hub; answers what it answers with success. @throws CommandFailure when it does not answer or refuses */
export async function askHub(options: HubOptions, question: HubQuestion): Promise<Dispatcher.ResponseData> {
  const answer = await sendToHub(options, question, await tokenSource(options)())
  if (!answer) throw noAnswer(options)
  if (answer.statusCode < 300) return answer
  throw refusal(options, await answer.body.text())
}

/** Sends a request to a running hub; undefined: it does not answer. */
export function sendToHub(
  { hub, tenant }: HubOptions,
  { method = 'GET', path, accept = 'application/json', body, headers, patienceMs = 60_000 }: HubQuestion,
  token: string | undefined,
): Promise<Dispatcher.ResponseData | undefined> {
  return request(`${hub.replace(/\/$/, '')}${path}`, {
    method,
    headers: {
      accept,
      ...headers,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(tenant !== '' && { 'ngsild-tenant': tenant }),
    },
    ...(body && { body }),
    headersTimeout: patienceMs,
    bodyTimeout: patienceMs,
  }).catch(() => undefined)
}

/** The hub does not answer. */
export function noAnswer({ hub }: HubOptions): CommandFailure {
  return new CommandFailure(`Hub ${hub} does not answer: is it running?`)
}

/** The hub refuses with this answer. */
export function refusal({ hub }: HubOptions, text: string): CommandFailure {
  return new CommandFailure(`Hub ${hub} refuses: ${detailOf(text)}`)
}

function detailOf(text: string): string {
  try {
    const { detail }: { detail?: unknown } = JSON.parse(text)
    return typeof detail === 'string' ? detail : text
  } catch {
    return text
  }
}
