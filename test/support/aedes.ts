import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { Aedes } from 'aedes'
import type { Certificates } from './certificates.ts'
import { freePort } from './free-port.ts'
import { type Broker, PASSWORD, USER } from './mosquitto.ts'

/** Starts an MQTT 3.1.1 server in this process, for machines without Mosquitto. */
export async function startAedes(certificates?: Certificates): Promise<Broker> {
  const [port, tlsPort] = [await freePort(), await freePort()]
  let stop = await open(port, tlsPort, certificates)
  return {
    port,
    ...(certificates && { tlsPort }),
    start: async () => {
      stop = await open(port, tlsPort, certificates)
    },
    stop: () => stop(),
  }
}

async function open(
  port: number,
  tlsPort: number,
  certificates?: Certificates,
): Promise<() => Promise<void>> {
  const broker = await Aedes.createBroker({
    authenticate: (_, user, password, done) => done(null, user === USER && String(password) === PASSWORD),
  })
  const sockets = new Set<Socket>()
  const handle = (socket: Socket): void => {
    sockets.add(socket.on('error', () => undefined))
    broker.handle(socket)
  }
  const servers: Server[] = [await listen(createServer(handle), port)]
  if (certificates) {
    const { authority, server } = certificates
    const options = {
      cert: server.certificate,
      key: server.key,
      ca: authority.certificate,
      requestCert: true,
      rejectUnauthorized: true,
    }
    servers.push(await listen(createTlsServer(options, handle), tlsPort))
  }
  let stopped = false
  return async () => {
    if (stopped) return
    stopped = true
    await new Promise<void>((resolve) => broker.close(resolve))
    for (const socket of sockets) socket.destroy()
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  }
}

async function listen(server: Server, port: number): Promise<Server> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return server
}
