import { writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import path from 'node:path'
import type { Message, Simulator } from './simulator.ts'
import { startTcpProxy } from './tcp-proxy.ts'

const [USER, PASSWORD] = ['hub', 'secret']

/** An MQTT 3.1.1 server whose devices publish; it keeps the sessions of clients that are away, and messages until the first has come. */
export async function mqttSimulator(
  folder: string,
  topicOf: (message: Message) => string,
): Promise<Simulator> {
  const { Aedes } = await import('aedes') // loaded with the first such source
  const broker = await Aedes.createBroker({
    // some networks ask for no account
    authenticate: (_, user, password, done) =>
      done(null, user === undefined || user === null || (user === USER && String(password) === PASSWORD)),
  })
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    broker.handle(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const proxy = await startTcpProxy((server.address() as AddressInfo).port, 40) // it listens
  const passwordFile = path.join(folder, 'password')
  await writeFile(passwordFile, `${PASSWORD}\n`, { mode: 0o600 })
  const url = `mqtt://127.0.0.1:${proxy.port}`
  let waiting: Message[] | undefined = []
  const publish = (message: Message): Promise<void> =>
    new Promise((resolve, reject) => {
      const packet = { cmd: 'publish', qos: 1, dup: false, retain: false } as const
      broker.publish({ ...packet, topic: topicOf(message), payload: Buffer.from(message.bytes) }, (error) =>
        error ? reject(error) : resolve(),
      )
    })
  broker.on('subscribe', async () => {
    const messages = waiting ?? []
    waiting = undefined
    for (const message of messages) await publish(message)
  })
  return {
    place: url,
    variables: { url, server: url, user: USER, passwordFile },
    transport: { version: '3.1.1' },
    give: async (messages) => {
      if (waiting) waiting.push(...messages)
      else for (const message of messages) await publish(message)
    },
    breaks: async (fault) => proxy.breaks(fault),
    stop: async () => {
      await proxy.close()
      await new Promise<void>((resolve) => broker.close(resolve))
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
