import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { until } from './until.ts'

/** A notification that came. */
export interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** Names and values as they were written. */
  readonly rawHeaders: readonly string[]
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever came
  readonly body: any
  readonly at: number
}

/** A server that takes notifications. */
export interface Receiver {
  readonly url: string
  readonly received: Received[]
  /** Answers the status of a request; as long as it returns a promise the request waits. */
  answer: (received: Received) => number | Promise<number>
  /** Waits until so many came in all, and answers them. */
  wait(count: number): Promise<readonly Received[]>
  /** Forgets what came. */
  clear(): void
  close(): Promise<void>
}

/** Starts a receiver on a free port of loopback, or on this one. */
export async function startReceiver(port = 0): Promise<Receiver> {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', async () => {
      const text = Buffer.concat(chunks).toString()
      const one: Received = {
        path: request.url ?? '',
        headers: request.headers,
        rawHeaders: request.rawHeaders,
        body: text === '' ? undefined : JSON.parse(text),
        at: Date.now(),
      }
      received.push(one)
      response.writeHead(await receiver.answer(one)).end()
    })
  })
  await listen(server, port)
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // a TCP server has such an address
    received,
    answer: () => 200,
    wait: async (count) => {
      await until(`${count} notifications (${received.length} came)`, () => received.length >= count)
      return received
    },
    clear: () => void received.splice(0),
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
  return receiver
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve())
  })
}
