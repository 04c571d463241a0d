import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { WayFault } from './simulator.ts'

/** A proxy before any server, on which connections break or nothing comes through. */
export interface TcpProxy {
  readonly port: number
  /** Breaks what is open; then refuses whoever comes, lets nothing through, or cuts each connection. Undefined: all is well again. */
  breaks(fault: WayFault | undefined): void
  close(): Promise<void>
}

/** Starts a proxy before a port of loopback; half of a connection are so many bytes of the server. */
export async function startTcpProxy(target: number, halfBytes: number): Promise<TcpProxy> {
  const open = new Set<Socket>()
  let fault: WayFault | undefined
  const server = createServer((client) => {
    if (fault === 'down') return client.destroy()
    const behind = connect(target, '127.0.0.1')
    const end = (): void => {
      client.destroy()
      behind.destroy()
    }
    for (const socket of [client, behind]) open.add(socket.on('error', end).on('close', end))
    client.pipe(behind)
    let seen = 0
    behind.on('data', (bytes) => {
      if (fault === 'slow') return
      seen += bytes.length
      if (fault !== 'half' || seen <= halfBytes) client.write(bytes)
      else client.write(bytes.subarray(0, Math.max(0, bytes.length - (seen - halfBytes))), end)
    })
    return undefined
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const breakAll = (): void => {
    for (const socket of open) socket.destroy()
    open.clear()
  }
  return {
    port: (server.address() as AddressInfo).port, // it listens
    breaks: (next) => {
      fault = next
      breakAll()
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      breakAll()
      await closed
    },
  }
}
