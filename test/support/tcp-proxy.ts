import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A proxy before any server, on which connections break or nothing comes through. */
export interface TcpProxy {
  readonly port: number
  /** Breaks each connection when so many bytes of the server came through it. */
  cutAfter(bytes: number): void
  /** Lets nothing of the server through. */
  stall(): void
  /** Refuses whoever comes, and breaks what is open. */
  down(): void
  heal(): void
  close(): Promise<void>
}

/** Starts a proxy before a port of loopback. */
export async function startTcpProxy(target: number): Promise<TcpProxy> {
  const open = new Set<Socket>()
  let [most, stalls, refuses] = [Number.POSITIVE_INFINITY, false, false]
  const server = createServer((client) => {
    if (refuses) return client.destroy()
    const behind = connect(target, '127.0.0.1')
    const end = (): void => {
      client.destroy()
      behind.destroy()
    }
    for (const socket of [client, behind]) open.add(socket.on('error', end).on('close', end))
    client.pipe(behind)
    let seen = 0
    behind.on('data', (bytes) => {
      if (stalls) return
      seen += bytes.length
      if (seen <= most) client.write(bytes)
      else client.write(bytes.subarray(0, bytes.length - (seen - most)), end)
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
    cutAfter: (bytes) => {
      most = bytes
    },
    stall: () => {
      stalls = true
    },
    down: () => {
      refuses = true
      breakAll()
    },
    heal: () => {
      ;[most, stalls, refuses] = [Number.POSITIVE_INFINITY, false, false]
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      breakAll()
      await closed
    },
  }
}
