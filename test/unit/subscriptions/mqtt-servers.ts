import { createServer, type Socket } from 'node:net'
import { listen } from './receivers.ts'

/** A packet of MQTT as it came in: its type, and what is behind its length. */
export interface Packet {
  readonly type: number
  readonly content: Buffer
}

/** A server that speaks as much MQTT as a test tells it to, and misbehaves as it tells it to. */
export interface RawServer {
  readonly port: number
  readonly open: ReadonlySet<Socket>
  connections(): number
  close(): Promise<void>
}

export const CONNECT = 1
export const PUBLISH = 3

/** Starts a server that takes every connection, and leaves the rest to `answer`. */
export async function rawServer(answer: (packet: Packet, socket: Socket) => void): Promise<RawServer> {
  const open = new Set<Socket>()
  let connections = 0
  const server = createServer((socket) => {
    connections++
    open.add(socket)
    socket.on('error', () => undefined).on('close', () => open.delete(socket))
    let rest: Buffer = Buffer.alloc(0)
    socket.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk])
      for (let read = readPacket(rest); read; read = readPacket(rest)) {
        rest = rest.subarray(read.length)
        answer(read.packet, socket)
      }
    })
  })
  const port = await listen(server)
  const close = async (): Promise<void> => {
    for (const socket of open) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
  return { port, open, connections: () => connections, close }
}

/** Takes the connection; version 5 has properties, here none. */
export function accept({ content }: Packet, socket: Socket): void {
  socket.write(content[6] === 5 ? bytes(0x20, 3, 0, 0, 0) : bytes(0x20, 2, 0, 0))
}

/** Id of a message with QoS 1 or 2. */
export function idOf({ content }: Packet): number {
  return content.readUInt16BE(2 + content.readUInt16BE(0))
}

export function bytes(...values: readonly number[]): Buffer {
  return Buffer.from(values)
}

function readPacket(data: Buffer): { readonly packet: Packet; readonly length: number } | undefined {
  let length = 0
  for (let at = 1; at < data.length && at < 5; at++) {
    const value = data[at] ?? 0
    length += (value & 127) * 128 ** (at - 1)
    if (value & 128) continue
    const end = at + 1 + length
    if (data.length < end) return undefined
    return { packet: { type: (data[0] ?? 0) >> 4, content: data.subarray(at + 1, end) }, length: end }
  }
  return undefined
}
