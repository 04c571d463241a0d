import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * What goes wrong on the way to a server. Before it: `latency` (milliseconds before the request is handed on), `reset` (the connection
 * breaks), `error` (500 with a text that nobody should see), `black-hole` (nothing comes, ever). With what it answered: `half` (the
 * connection breaks in the middle), `garbage` (the body is no JSON), `drip` (a byte each 20 ms).
 */
export type Fault =
  | { readonly kind: 'latency'; readonly milliseconds: number }
  | { readonly kind: 'reset' | 'error' | 'black-hole' | 'half' | 'garbage' | 'drip' }

/** The kinds of fault that end without the answer of the server, or with a spoilt one. */
export const SPOILING = ['reset', 'error', 'black-hole', 'half', 'garbage', 'drip'] as const

/** What an `error` says: it must not come through. */
export const SECRET_TEXT = 'at Database.connect (10.11.12.13:5432)'

/** A proxy before a server, in which something goes wrong when it is told so. */
export interface FaultProxy {
  readonly url: string
  /** `Via` headers of the requests for entities that came so far, in turn. */
  readonly chains: readonly string[]
  inflict(fault: Fault): void
  heal(): void
  close(): Promise<void>
}

/** An answer of the server, whole. */
interface Answer {
  readonly status: number
  readonly headers: readonly string[]
  readonly body: Buffer
}

const DRIP_MS = 20

/** Is told of each request that is handed on, by the name that its client gave it. */
export type Watch = (method: string, url: string, operation: string, body: Buffer) => void

/** Starts a proxy before the server with this URL, on a free port of loopback. */
export async function startFaultProxy(target: string, watch: Watch = () => {}): Promise<FaultProxy> {
  const agent = new Agent({ keepAlive: true })
  let fault: Fault | undefined
  const chains: string[] = []
  const server = createServer(async (incoming, response) => {
    if (incoming.url?.includes('/entities')) chains.push(incoming.headers.via ?? '')
    const now = fault
    if (now?.kind === 'latency') await pause(now.milliseconds)
    try {
      if (!(await spoilBefore(now, incoming, response)))
        await answerWith(now, await forward(incoming), response)
    } catch {
      response.destroy() // a server that is gone is no answer
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))

  async function forward(incoming: IncomingMessage): Promise<Answer> {
    const body = await whole(incoming)
    const { method = 'GET', url = '/', headers } = incoming
    watch(method, url, String(headers['x-trial-operation'] ?? ''), body)
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = request(`${target}${url}`, { method, headers, agent }, resolve)
      sent.on('error', reject)
      sent.end(body)
    })
    return { status: answer.statusCode ?? 502, headers: answer.rawHeaders, body: await whole(answer) }
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // it listens
    chains,
    inflict: (next) => {
      fault = next
    },
    heal: () => {
      fault = undefined
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      agent.destroy()
      await closed
    },
  }
}

/** Tells whether a request ends here, and the server never hears of it. */
async function spoilBefore(
  fault: Fault | undefined,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  switch (fault?.kind) {
    case 'reset':
      incoming.socket.resetAndDestroy()
      return true
    case 'error':
      await whole(incoming)
      response.writeHead(500, { 'Content-Type': 'text/plain' }).end(SECRET_TEXT)
      return true
    case 'black-hole':
      await whole(incoming)
      return true
    default:
      return false
  }
}

async function answerWith(
  fault: Fault | undefined,
  { status, headers, body }: Answer,
  response: ServerResponse,
): Promise<void> {
  if (fault?.kind === 'garbage' && body.length > 0) {
    const spoilt = Buffer.from(`{"id": ${body.toString().slice(0, -1)}`)
    response.writeHead(status, withLength(headers, spoilt.length)).end(spoilt)
    return
  }
  response.writeHead(status, withLength(headers, body.length))
  if (fault?.kind === 'half') {
    response.write(body.subarray(0, body.length / 2), () => response.destroy())
    if (body.length === 0) response.destroy()
    return
  }
  if (fault?.kind === 'drip') return drip(body, response)
  response.end(body)
}

async function drip(body: Buffer, response: ServerResponse): Promise<void> {
  for (let at = 0; at < body.length && !response.destroyed; at++) {
    response.write(body.subarray(at, at + 1))
    await pause(DRIP_MS)
  }
  response.end()
}

function withLength(headers: readonly string[], length: number): string[] {
  const kept: string[] = []
  for (let at = 0; at < headers.length; at += 2) {
    const [name = '', value = ''] = headers.slice(at, at + 2)
    if (!/^(?:content-length|transfer-encoding|connection|keep-alive)$/i.test(name)) kept.push(name, value)
  }
  return length > 0 ? [...kept, 'Content-Length', String(length)] : kept
}

async function whole(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer) // no encoding is set
  return Buffer.concat(chunks)
}
