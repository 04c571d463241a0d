import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { BSON } from 'mongodb'

/** A way to a server of MongoDB that counts what is asked, and on which single answers get lost or late. */
export interface MongoLink {
  readonly url: string
  /** What was asked since it was emptied: "find default.entity", and the like. */
  readonly asked: string[]
  /** Keeps back what is answered to the next request that contains this text; resolves with what lets it through. */
  holdAnswerTo(text: string): Promise<() => void>
  /** Breaks the connection of the next request that contains this text once the server has answered. */
  loseAnswerTo(text: string): void
  /** Lets nothing through from now on, as if the server stood still. */
  stall(): void
  close(): Promise<void>
}

interface Ambush {
  readonly text: string
  readonly spring: (client: Socket, server: Socket) => void
}

/** What drivers say by themselves. */
const DRIVERS_OWN = ['hello', 'ismaster', 'isMaster', 'endSessions', 'ping']
const HEADER_BYTES = 16
const MESSAGE = 2013
const BODY_AT = HEADER_BYTES + 5 // behind flags and the kind of the first section

/** Starts a link to the server of this URL on a free port of loopback. */
export async function startMongoLink(target: string): Promise<MongoLink> {
  const { hostname, port, pathname, search } = new URL(target)
  const sockets = new Set<Socket>()
  const asked: string[] = []
  let ambush: Ambush | undefined
  let isStalled = false
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
    forEachMessage(client, (message) => {
      if (isStalled) return
      const name = commandOf(message)
      if (name !== undefined) asked.push(name)
      if (ambush && message.includes(ambush.text)) {
        const { spring } = ambush
        ambush = undefined
        spring(client, server)
      }
      server.write(message)
    })
  })
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  return {
    url: `mongodb://127.0.0.1:${(listener.address() as AddressInfo).port}${pathname}${search}`, // it listens
    asked,
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
    stall: () => {
      isStalled = true
      for (const socket of sockets) socket.removeAllListeners('data').resume()
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      listener.close()
      await once(listener, 'close')
    },
  }
}

/** Each begins with its length. */
function forEachMessage(client: Socket, take: (message: Buffer) => void): void {
  let waiting = Buffer.alloc(0)
  client.on('data', (bytes) => {
    waiting = Buffer.concat([waiting, bytes])
    while (waiting.length >= HEADER_BYTES) {
      const length = waiting.readInt32LE(0)
      if (waiting.length < length) return
      take(waiting.subarray(0, length))
      waiting = waiting.subarray(length)
    }
  })
}

/** The first member of a command is its name, and has the collection. */
function commandOf(message: Buffer): string | undefined {
  if (message.readInt32LE(12) !== MESSAGE) return undefined
  const length = message.readInt32LE(BODY_AT)
  const [first] = Object.entries(BSON.deserialize(message.subarray(BODY_AT, BODY_AT + length)))
  const [name = '', of] = first ?? []
  return DRIVERS_OWN.includes(name) ? undefined : `${name} ${of}`
}
