import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** What a source was told to write. */
export interface Told {
  /** Method and path below `/ngsi-ld/v1`, with parameters, decoded. */
  readonly line: string
  readonly headers: IncomingHttpHeaders
  // biome-ignore lint/suspicious/noExplicitAny: tests look into whatever was sent
  readonly body: any
}

/** What a source answers; `silent`: nothing, and it holds the connection. */
export type Reply = { readonly status: number; readonly body?: object } | 'silent'

/** A real HTTP server that plays a context source which is written to. */
export interface WriteSource {
  readonly endpoint: string
  readonly told: Told[]
  /** From now on it answers so; undefined: as if all went well. */
  reply: Reply | undefined
  /** Answers what it was told since it was asked so last: methods and paths. */
  lines(): readonly string[]
  stop(): Promise<void>
}

/** Starts a source on a free port of loopback. */
export async function startWriteSource(): Promise<WriteSource> {
  const told: Told[] = []
  const server = createServer(async (request, response) => {
    const body = await text(request)
    const line = `${request.method} ${decodeURIComponent(request.url ?? '').replace('/ngsi-ld/v1', '')}`
    told.push({ line, headers: request.headers, body: body === '' ? undefined : JSON.parse(body) })
    const reply = source.reply ?? {
      status: request.method === 'POST' && !line.includes('/attrs') ? 201 : 204,
    }
    if (reply === 'silent') return
    response.writeHead(reply.status, { 'Content-Type': 'application/json' })
    response.end(reply.body && JSON.stringify(reply.body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // a TCP server has such an address
  const source: WriteSource = {
    endpoint: `http://127.0.0.1:${port}`,
    told,
    reply: undefined,
    lines: () => told.splice(0).map(({ line }) => line),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return source
}
