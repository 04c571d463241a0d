import { connect, type Socket } from 'node:net'
import type { TestHub } from './hub.ts'
import { until } from './until.ts'

/** A client that asks and then reads nothing until it is told to. */
export function slowClient(
  hub: TestHub,
  path: string,
  accept: string,
): { readonly socket: Socket; readonly received: () => string } {
  const { hostname, port } = new URL(hub.url)
  const parts: string[] = []
  const socket = connect(Number(port), hostname)
  socket.setEncoding('latin1')
  socket.pause()
  socket.on('data', (part: string) => parts.push(part))
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}\r\nAccept: ${accept}\r\nConnection: close\r\n\r\n`)
  return { socket, received: () => parts.join('') }
}

/** Waits until a figure has not moved for a while. */
export async function standStill(figure: () => number): Promise<void> {
  let last = Number.NaN
  const stands = async () => {
    const before = last
    last = figure()
    await new Promise((resolve) => setTimeout(resolve, 300))
    return before === last
  }
  await until('a stand-still', stands, 60_000)
}
