import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A way to a server of MongoDB on which single answers get lost or late. */
export interface MongoLink {
  readonly url: string
  /** Keeps back what is answered to the next request that contains this text; resolves with what lets it through. */
  holdAnswerTo(text: string): Promise<() => void>
  /** Breaks the connection of the next request that contains this text once it has reached the server. */
  loseAnswerTo(text: string): void
  close(): Promise<void>
}

interface Ambush {
  readonly text: string
  readonly spring: (client: Socket, server: Socket) => void
}

/** Starts a link to the server of this URL on a free port of loopback. */
export async function startMongoLink(target: string): Promise<MongoLink> {
  const { hostname, port, pathname, search } = new URL(target)
  const sockets = new Set<Socket>()
  let ambush: Ambush | undefined
  const listener = createServer((client) => {
    const server = connect(Number(port), hostname)
    for (const socket of [client, server]) {
      sockets.add(socket)
      socket.setNoDelay()
      socket.on('error', () => socket.destroy())
    }
    client.on('close', () => server.destroy())
    server.on('close', () => client.destroy())
    server.on('data', (bytes) => client.write(bytes))
    client.on('data', (bytes) => {
      if (ambush && bytes.includes(ambush.text)) {
        const { spring } = ambush
        ambush = undefined
        spring(client, server)
      }
      server.write(bytes)
    })
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  return {
    url: `mongodb://127.0.0.1:${(listener.address() as AddressInfo).port}${pathname}${search}`, // it listens
    holdAnswerTo: (text) =>
      new Promise((resolve) => {
        const spring: Ambush['spring'] = (_, server) => {
          server.pause()
          resolve(() => void server.resume())
        }
        ambush = { text, spring }
      }),
    loseAnswerTo: (text) => {
      const spring: Ambush['spring'] = (client, server) => {
        server.removeAllListeners('data')
        server.once('data', () => client.destroy())
      }
      ambush = { text, spring }
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      listener.close()
      await once(listener, 'close')
    },
  }
}
