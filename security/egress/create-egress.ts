import { lookup as resolve } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import { LRUCache } from 'lru-cache'
import type { Agent, Dispatcher } from 'undici'
import { isPublicAddress } from './addresses.ts'
import { type Egress, type EgressAnswer, EgressFailed, EgressRefused, type EgressRequest } from './egress.ts'

/** How the hub may connect to other servers. */
export interface EgressOptions {
  /** guarded: public addresses only, except for the allowed origins; open: any. */
  readonly mode: 'guarded' | 'open'
  readonly allowedOrigins?: readonly string[]
  readonly connectionsPerOrigin?: number
}

const ORIGINS = 256
const CONNECTIONS = 16
const KEEP_ALIVE_MS = 30_000
const CONNECT_MS = 10_000

/** Opens the one way out: connections are kept per origin, and checked by the address they really go to. */
export function createEgress({
  mode,
  allowedOrigins = [],
  connectionsPerOrigin = CONNECTIONS,
}: EgressOptions): Egress {
  const allowed = new Set(allowedOrigins.map((origin) => new URL(origin).origin))
  const agents = new LRUCache<string, Promise<Agent>>({
    max: ORIGINS,
    dispose: (agent) => void agent.then((one) => one.close()),
  })
  const agentFor = (origin: string): Promise<Agent> => {
    const kept = agents.get(origin)
    if (kept) return kept
    const agent = createAgent(mode === 'guarded' && !allowed.has(origin), connectionsPerOrigin)
    agents.set(origin, agent)
    return agent
  }
  return {
    request: async (request) => {
      const url = targetOf(request.url)
      if (mode === 'guarded' && !allowed.has(url.origin)) checkLiteral(url)
      return exchange(await agentFor(url.origin), url, request)
    },
    close: async () => {
      const open = [...agents.values()]
      agents.clear() // closes each; a destroyed agent cannot be closed any more
      await Promise.all(open.map(async (agent) => (await agent).destroy()))
    },
  }
}

/** Loads the HTTP client when the first other server is called: most hubs answer long before. */
async function createAgent(guarded: boolean, connections: number): Promise<Agent> {
  const { Agent } = await import('undici')
  return new Agent({
    connections,
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MS,
    connect: { timeout: CONNECT_MS, ...(guarded && { lookup: guardedLookup }) },
  })
}

/** Resolves a name, and refuses it when any of its addresses is not public: no second look-up can differ. */
const guardedLookup: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '')
    if (addresses.length === 0 || !addresses.every(({ address }) => isPublicAddress(address))) {
      return callback(new EgressRefused(`Host ${hostname} has an address that the hub may not call`), '')
    }
    if (options.all) return callback(null, addresses)
    const [first] = addresses
    return callback(null, first?.address ?? '', first?.family)
  })
}

/** An address in the URL itself is connected to without a look-up, so it is checked here. */
function checkLiteral(url: URL): void {
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0 && !isPublicAddress(host)) {
    throw new EgressRefused(`Host ${url.hostname} is an address that the hub may not call`)
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
    const answer = await agent.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: request.method as Dispatcher.HttpMethod, // undici takes any method, its type does not
      signal,
      ...(request.headers && { headers: { ...request.headers } }),
      ...(request.body !== undefined && { body: request.body }),
    })
    const body = await readBody(answer.body, url, request.maxBytes)
    return { status: answer.statusCode, headers: plainHeaders(answer.headers), body }
  } catch (error) {
    throw failureOf(error, { url, timedOut: signal.aborted, timeoutMs: request.timeoutMs })
  }
}

async function readBody(body: Dispatcher.ResponseData['body'], url: URL, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    // a byte stream without encoding gives buffers
    length += chunk.length
    if (length > maxBytes) {
      body.destroy()
      throw new EgressFailed('too-large', `Answer of ${url.host} is longer than ${maxBytes} bytes`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
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
