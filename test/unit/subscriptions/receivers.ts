import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo, Server as NetServer } from 'node:net'
import type { HttpMessage } from '../../../broker/subscriptions/deliver/message.ts'

export interface Received {
  readonly method: string
  readonly url: string
  readonly rawHeaders: readonly string[]
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** A real server that remembers what it got. */
export interface Receiver {
  readonly server: Server
  readonly url: string
  readonly received: Received[]
  close(): Promise<void>
}

/** Opens a receiver on a free port of loopback. */
export async function openReceiver(
  listener: RequestListener = (_, answer) => answer.end(),
): Promise<Receiver> {
  const received: Received[] = []
  const server = createServer((request, answer) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url = '', rawHeaders, headers } = request
      received.push({ method, url, rawHeaders, headers, body: Buffer.concat(chunks).toString('utf8') })
      listener(request, answer)
    })
  })
  const port = await listen(server)
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { server, url: `http://127.0.0.1:${port}`, received, close }
}

/** Listens on a free port of loopback, and answers it. */
export async function listen(server: NetServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port // listens on a port
}

/** A message for a receiver. */
export function httpMessage(url: string, given: Partial<HttpMessage> = {}): HttpMessage {
  return {
    kind: 'http',
    id: 'urn:ngsi-ld:Notification:1',
    url,
    headers: [['Content-Type', 'application/json']],
    body: '{"type":"Notification"}',
    timeoutMs: 5000,
    ...given,
  }
}
