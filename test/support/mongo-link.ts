import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { BSON, type Document } from 'mongodb'

/** A command, and how long the server took to answer it. */
export interface MongoTrip {
  /** "find default.entity", and the like. */
  readonly asked: string
  readonly milliseconds: number
}

/** A way to a server of MongoDB that counts what is asked, and on which single answers get lost or late. */
export interface MongoLink {
  readonly url: string
  /** What was asked since it was emptied: "find default.entity", and the like. */
  readonly asked: string[]
  /** What was answered since it was emptied. */
  readonly trips: MongoTrip[]
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
/** Of a message: its length, its number, that of the message it answers, its kind. */
const HEADER_BYTES = 16
const NUMBER_AT = 4
const ANSWERS_AT = 8
const KIND_AT = 12
const MESSAGE = 2013
const BODY_AT = HEADER_BYTES + 5 // behind flags and the kind of the first section

/** How a link is. */
export interface MongoLinkOptions {
  /** The server says of itself that it is the router of a sharded cluster. */
  readonly asRouter?: boolean
}

/** Starts a link to the server of this URL on a free port of loopback. */
export async function startMongoLink(
  target: string,
  { asRouter = false }: MongoLinkOptions = {},
): Promise<MongoLink> {
  const { hostname, port, pathname, search } = new URL(target)
  const sockets = new Set<Socket>()
  const asked: string[] = []
  const trips: MongoTrip[] = []
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
    if (asRouter) forEachMessage(server, (message) => client.write(saidByRouter(message)))
    else server.on('data', (bytes) => client.write(bytes))
    const waiting = new Map<number, { readonly asked: string; readonly since: number }>()
    forEachMessage(server, (answer) => {
      const number = answer.readInt32LE(ANSWERS_AT)
      const { asked, since } = waiting.get(number) ?? {}
      if (asked !== undefined && since !== undefined)
        trips.push({ asked, milliseconds: performance.now() - since })
      waiting.delete(number)
    })
    forEachMessage(client, (message) => {
      if (isStalled) return
      const name = commandOf(message)
      if (name !== undefined) {
        asked.push(name)
        waiting.set(message.readInt32LE(NUMBER_AT), { asked: name, since: performance.now() })
      }
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
    trips,
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
function forEachMessage(socket: Socket, take: (message: Buffer) => void): void {
  let waiting = Buffer.alloc(0)
  socket.on('data', (bytes) => {
    waiting = Buffer.concat([waiting, bytes])
    while (waiting.length >= HEADER_BYTES) {
      const length = waiting.readInt32LE(0)
      if (waiting.length < length) return
      take(waiting.subarray(0, length))
      waiting = waiting.subarray(length)
    }
  })
}

/** The first member of a command is its name, and has the collection; that of what goes on with a cursor has its number. */
function commandOf(message: Buffer): string | undefined {
  if (message.readInt32LE(KIND_AT) !== MESSAGE) return undefined
  const command = bodyOf(message)
  const [name = '', of] = Object.entries(command)[0] ?? []
  return DRIVERS_OWN.includes(name) ? undefined : `${name} ${name === 'getMore' ? command.collection : of}`
}

/** What answers whether it may be written to says what kind of server it is, too. */
function saidByRouter(message: Buffer): Buffer {
  if (message.readInt32LE(KIND_AT) !== MESSAGE) return message
  const body = bodyOf(message)
  if (!('ismaster' in body)) return message
  const said = Buffer.concat([
    message.subarray(0, BODY_AT),
    BSON.serialize({ ...body, msg: 'isdbgrid', setName: undefined }, { ignoreUndefined: true }),
  ])
  said.writeInt32LE(said.length)
  return said
}

function bodyOf(message: Buffer): Document {
  return BSON.deserialize(message.subarray(BODY_AT, BODY_AT + message.readInt32LE(BODY_AT)))
}
