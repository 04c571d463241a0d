import { type IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { WebSocket, WebSocketServer } from 'ws'
import { invalidRequest } from '../core/model/problem.ts'
import type { MakeAnswer } from './answer-exchange.ts'
import { type AllowedOrigins, checkOrigin } from './check-origin.ts'
import type { Exchange } from './exchange.ts'
import type { HubAnswer } from './route.ts'

/** What sockets are opened with. */
export interface WebSocketDependencies extends AllowedOrigins {
  /** Gives a request its answer, a refusal included. */
  readonly answer: (request: IncomingMessage, response: ServerResponse, make: MakeAnswer) => Promise<void>
  /** Decodes a request and decides on it. @throws Problem */
  readonly decide: (exchange: Exchange) => Promise<HubAnswer>
  readonly heartbeatMilliseconds: number
  /** Told of what went wrong after the socket was open. */
  readonly failed: (err: unknown) => void
}

/** What a server does with a request that asks to change the protocol of its connection. */
export type Upgrade = (server: Server) => (request: IncomingMessage, socket: Socket, head: Buffer) => void

const PATH = /^(?:https?:\/\/[^/?#]*)?\/hub\/v1\/events\/?(?:[?#]|$)/i
/** The protocol of these sockets, and what a token is offered as beside it: browsers can send no header. */
export const PROTOCOL = 'hub.events'
const BEARER = 'bearer.'
/** What clients send is not listened to. */
const LARGEST_MESSAGE = 4096
/** A client that takes nothing for so long is cut off, and one that does not take leave. */
const STALLED_MILLISECONDS = 120_000
const LEAVE_MILLISECONDS = 2000
const GOING_AWAY = 1001
const FAILED = 1011

/**
 * Opens WebSockets for the streams of `/hub/v1/events` (RFC 6455): asked, refused and decided like any request, and then
 * each line is a message. Who asks for another protocol or elsewhere is answered as if it had not.
 */
export function webSockets(dependencies: WebSocketDependencies): Upgrade {
  let sockets: Promise<WebSocketServer> | undefined
  const load = async (): Promise<WebSocketServer> => {
    const { WebSocketServer } = await import('ws') // only where somebody opens one
    return new WebSocketServer({
      noServer: true,
      perMessageDeflate: false,
      maxPayload: LARGEST_MESSAGE,
      handleProtocols: (offered) => offered.has(PROTOCOL) && PROTOCOL,
    })
  }
  return (server) => (request, socket, head) => {
    const isOurs = request.headers.upgrade?.toLowerCase() === 'websocket' && PATH.test(request.url ?? '')
    if (!isOurs) return asBefore(server, request, socket, head)
    const response = new ServerResponse(request)
    response.assignSocket(socket)
    response.shouldKeepAlive = false
    response.once('finish', () => socket.end())
    socket.on('error', () => socket.destroy())
    void dependencies.answer(request, response, async (exchange) => {
      checkOrigin(request, dependencies, 'open streams')
      takeToken(request)
      // lines, whatever is accepted: there is no content of an answer
      request.headers.accept = 'application/x-ndjson'
      const { stream } = await dependencies.decide(exchange)
      if (!stream) throw new Error('Route of a socket answers no stream')
      sockets ??= load()
      const server = await sockets
      const gone = new AbortController()
      socket.once('close', () => gone.abort())
      const lines = stream(gone.signal)[Symbol.asyncIterator]()
      // a stream that cannot begin is refused like any other request
      const first = await lines.next()
      response.detachSocket(socket)
      response.statusCode = 101
      const opened = new Promise<WebSocket>((resolve) => server.handleUpgrade(request, socket, head, resolve))
      const webSocket = await Promise.race([opened, aborted(gone.signal)])
      if (webSocket) await send(webSocket, { first, lines, gone: gone.signal }, dependencies)
      await lines.return?.()
      return undefined
    })
  }
}

/** A token offered as a protocol stands for the header. @throws Problem InvalidRequest */
function takeToken({ headers }: IncomingMessage): void {
  const offered = (headers['sec-websocket-protocol'] ?? '').split(',').map((name) => name.trim())
  if (offered[0] === '') return
  if (!offered.includes(PROTOCOL))
    throw invalidRequest(`Header Sec-WebSocket-Protocol does not offer ${PROTOCOL}`)
  const bearer = offered.find((name) => name.startsWith(BEARER))
  if (bearer !== undefined) headers.authorization = `Bearer ${bearer.slice(BEARER.length)}`
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined)
    else signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
}

/** A stream that has begun. */
interface Begun {
  readonly first: IteratorResult<string>
  readonly lines: AsyncIterator<string>
  readonly gone: AbortSignal
}

/** Sends each line as a message when the one before has left, and pings: who does not answer is gone. */
async function send(
  socket: WebSocket,
  { first, lines, gone }: Begun,
  { heartbeatMilliseconds, failed }: WebSocketDependencies,
): Promise<void> {
  socket.on('error', () => socket.terminate())
  const pulse = beat(socket, heartbeatMilliseconds)
  try {
    for (let line = first; !line.done && !gone.aborted; line = await lines.next())
      await sent(socket, line.value.trimEnd())
    socket.close(GOING_AWAY)
  } catch (error) {
    failed(error)
    socket.close(FAILED)
  }
  clearInterval(pulse)
  const leaving = setTimeout(() => socket.terminate(), LEAVE_MILLISECONDS)
  socket.once('close', () => clearTimeout(leaving))
}

function beat(socket: WebSocket, milliseconds: number): NodeJS.Timeout {
  let answered = performance.now()
  socket.on('pong', () => {
    answered = performance.now()
  })
  return setInterval(() => {
    if (performance.now() - answered > milliseconds + STALLED_MILLISECONDS) socket.terminate()
    else socket.ping()
  }, milliseconds)
}

function sent(socket: WebSocket, message: string): Promise<void> {
  return new Promise((resolve) => {
    const stalled = setTimeout(() => socket.terminate(), STALLED_MILLISECONDS)
    socket.send(message, () => {
      clearTimeout(stalled)
      resolve() // whatever became of it: a closed socket ends the stream
    })
  })
}

/**
 * Answers a request as if it had not asked: a server that has an ear for upgrades gives all of them up. Its head is read
 * again without the question.
 */
function asBefore(server: Server, request: IncomingMessage, socket: Socket, head: Buffer): void {
  const { method, url, httpVersion, rawHeaders } = request
  const lines = [`${method} ${url} HTTP/${httpVersion}`]
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? ''
    if (!/^(?:upgrade|http2-settings)$/i.test(name)) lines.push(`${name}: ${rawHeaders[at + 1]}`)
  }
  const again = lines.map((line) =>
    /^connection:/i.test(line) ? line.replace(/,?\s*\b(?:upgrade|http2-settings)\b/gi, '') : line,
  )
  socket.unshift(Buffer.concat([Buffer.from(`${again.join('\r\n')}\r\n\r\n`, 'latin1'), head]))
  server.emit('connection', socket)
}
