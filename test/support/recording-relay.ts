import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TlsOptions } from 'node:tls'

/** What crossed a relay: there, and back. */
export interface Crossed {
  readonly there: string
  readonly back: string
}

/** A door before a server, through which everything goes as it is, and is written down. */
export interface RecordingRelay {
  readonly port: number
  /** Answers what crossed since it was asked last. */
  taken(): Crossed
  close(): Promise<void>
}

/** Starts a relay before a port of loopback, on a free one or this. With TLS it takes that off, and writes down what was in it. */
export async function startRecordingRelay(
  target: number,
  tls?: TlsOptions,
  port = 0,
): Promise<RecordingRelay> {
  const open = new Set<Socket>()
  let recorded = new Map<Socket, Buffer[]>()
  // a connection lives longer than what is taken
  const record = (from: Socket, chunk: Buffer): void => {
    const before = recorded.get(from)
    if (before) before.push(chunk)
    else recorded.set(from, [chunk])
  }
  const clients = new WeakSet<Socket>()
  const relay = (client: Socket): void => {
    const server = connect(target, '127.0.0.1')
    clients.add(client)
    for (const socket of [client, server]) {
      open.add(socket)
      socket.on('close', () => open.delete(socket))
      socket.on('error', () => (socket === client ? server.destroy() : client.destroy()))
    }
    client.on('data', (chunk: Buffer) => record(client, chunk))
    server.on('data', (chunk: Buffer) => record(server, chunk))
    client.pipe(server).pipe(client)
  }
  const server: Server = tls ? createTlsServer(tls, relay) : createServer(relay)
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port, // it listens
    taken: () => {
      const taken = [...recorded]
      recorded = new Map()
      const all = (there: boolean) =>
        taken
          .filter(([from]) => clients.has(from) === there)
          .map(([, chunks]) => legible(chunks))
          .join('\n')
      return { there: all(true), back: all(false) }
    },
    close: () => {
      for (const socket of open) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** Sizes of chunks stand in the middle of texts. */
function legible(chunks: readonly Buffer[]): string {
  return Buffer.concat(chunks)
    .toString()
    .replaceAll(/\r\n[0-9a-f]+\r\n/gi, '')
}
