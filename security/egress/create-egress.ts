import type { LookupFunction } from 'node:net'
import { LRUCache } from 'lru-cache'
import type { Agent } from 'undici'
import {
  type Egress,
  EgressFailed,
  type EgressMessage,
  EgressRefused,
  type EgressRequest,
  type EgressTls,
  type MessageEgress,
} from './egress.ts'
import { createGuard, type GuardOptions } from './guard.ts'
import { receiveAnswer } from './receive-answer.ts'
import { sendMessage } from './send-message.ts'

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
  const call = async <Request extends EgressMessage, Answer>(
    request: Request,
    carryOut: (agent: Agent, url: URL, request: Request) => Promise<Answer>,
  ): Promise<Answer> => {
    const url = targetOf(request.url)
    try {
      return await carryOut(await agentFor(url, request), url, request)
    } catch (error) {
      throw failureOf(error, url)
    }
  }
  return {
    request: (request) => call(request, receiveAnswer),
    send: (message) => call(message, sendMessage),
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

function failureOf(error: unknown, { host }: URL): Error {
  if (error instanceof EgressRefused || error instanceof EgressFailed) return error
  return new EgressFailed('unreachable', `${host} cannot be reached`, error)
}
