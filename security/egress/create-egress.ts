import type { LookupFunction } from 'node:net'
import { LRUCache } from 'lru-cache'
import type { Agent, Dispatcher } from 'undici'
import {
  type Egress,
  type EgressAnswer,
  EgressFailed,
  EgressRefused,
  type EgressRequest,
  type EgressTls,
  type MessageEgress,
} from './egress.ts'
import { createGuard, type GuardOptions } from './guard.ts'
import { sendMessage } from './send-message.ts'
import { wasCut } from './was-cut.ts'

/** How the hub connects to other servers. */
export interface EgressOptions extends GuardOptions {
  readonly connectionsPerOrigin?: number
  /** Origins whose connections are kept. */
  readonly origins?: number
}

const ORIGINS = 256
const CONNECTIONS = 16
const KEEP_ALIVE_MS = 30_000
const CONNECT_MS = 10_000

/** Opens the one way out: connections are kept per origin, and checked by the address they really go to. */
export function createEgress({
  connectionsPerOrigin = CONNECTIONS,
  origins = ORIGINS,
  ...options
}: EgressOptions): Egress & MessageEgress {
  const guard = createGuard(options)
  const agents = new LRUCache<string, Promise<Agent>>({
    max: origins,
    dispose: (agent) => void agent.then((one) => one.close()),
  })
  const agentFor = (url: URL, { tls, pool }: Pick<EgressRequest, 'tls' | 'pool'>): Promise<Agent> => {
    const { lookup } = guard(url)
    const key = [url.origin, pool, tls?.certificate, tls?.certificateKey, tls?.authorities].join()
    const kept = agents.get(key)
    if (kept) return kept
    const agent = createAgent(connectionsPerOrigin, { lookup, tls })
    agents.set(key, agent)
    return agent
  }
  return {
    request: async (request) => {
      const url = targetOf(request.url)
      return exchange(await agentFor(url, request), url, request)
    },
    send: async (message) => {
      const url = targetOf(message.url)
      try {
        return await sendMessage(await agentFor(url, message), url, message)
      } catch (error) {
        throw failureOf(error, { url, timedOut: false, timeoutMs: message.timeoutMs })
      }
    },
    close: async () => {
      const open = [...agents.values()]
      agents.clear() // closes each; a destroyed agent cannot be closed any more
      await Promise.all(open.map(async (agent) => (await agent).destroy()))
    },
  }
}

/** Loads the HTTP client when the first other server is called: most hubs answer long before. */
async function createAgent(
  connections: number,
  { lookup, tls }: { readonly lookup: LookupFunction | undefined; readonly tls: EgressTls | undefined },
): Promise<Agent> {
  const { Agent } = await import('undici')
  return new Agent({
    connections,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connect: { timeout: CONNECT_MS, ...(lookup && { lookup }), ...(tls && tlsOptions(tls)) },
  })
}

function tlsOptions({ certificate, certificateKey, authorities }: EgressTls): {
  cert?: string
  key?: string
  ca?: string
} {
  return {
    ...(certificate !== undefined && { cert: certificate }),
    ...(certificateKey !== undefined && { key: certificateKey }),
    ...(authorities !== undefined && { ca: authorities }),
  }
}

function targetOf(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new EgressRefused('Target is no http or https URL')
  }
  if (url.username !== '' || url.password !== '') throw new EgressRefused('Target URL has credentials in it')
  return url
}

async function exchange(agent: Agent, url: URL, request: EgressRequest): Promise<EgressAnswer> {
  const signal = AbortSignal.timeout(request.timeoutMs)
  try {
    const answer = await requestHead(agent, url, { ...request, signal })
    const body = await readBody(answer.body, url, request)
    return { status: answer.statusCode, headers: plainHeaders(answer.headers), body }
  } catch (error) {
    throw failureOf(error, { url, timedOut: signal.aborted, timeoutMs: request.timeoutMs })
  }
}

/** A server may close a kept connection at the moment in which a request leaves on it: what may arrive twice is sent again. */
async function requestHead(
  agent: Agent,
  url: URL,
  { method, headers, body, repeatable, signal }: EgressRequest & { readonly signal: AbortSignal },
): Promise<Dispatcher.ResponseData> {
  const options = {
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: method as Dispatcher.HttpMethod, // undici takes any method, its type does not
    signal,
    ...(headers && { headers: { ...headers } }),
    ...(body !== undefined && { body }),
  }
  try {
    return await agent.request(options)
  } catch (error) {
    if (!repeatable || signal.aborted || !wasCut(error)) throw error
    return agent.request(options)
  }
}

async function readBody(
  body: Dispatcher.ResponseData['body'],
  url: URL,
  { maxBytes, take }: EgressRequest,
): Promise<string> {
  const pieces: Buffer[] = []
  let length = 0
  for await (const piece of body as AsyncIterable<Buffer>) {
    // a byte stream without encoding gives buffers
    length += piece.length
    if (length > maxBytes) {
      body.destroy()
      throw new EgressFailed('too-large', `Answer of ${url.host} is longer than ${maxBytes} bytes`)
    }
    if (take) await take(piece)
    else pieces.push(piece)
  }
  return Buffer.concat(pieces).toString('utf8')
}

function plainHeaders(headers: Dispatcher.ResponseData['headers']): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  )
}

function failureOf(
  error: unknown,
  { url, timedOut, timeoutMs }: { readonly url: URL; readonly timedOut: boolean; readonly timeoutMs: number },
): Error {
  if (error instanceof EgressRefused || error instanceof EgressFailed) return error
  if (timedOut) return new EgressFailed('timeout', `${url.host} did not answer within ${timeoutMs} ms`, error)
  return new EgressFailed('unreachable', `${url.host} cannot be reached`, error)
}
