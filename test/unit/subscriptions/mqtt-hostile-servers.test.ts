import type { Socket } from 'node:net'
import { expect } from 'chai'
import 'mqtt' // sets a global when it is loaded
import { createSender } from '../../../broker/subscriptions/deliver/create-sender.ts'
import type { Attempt, MqttMessage } from '../../../broker/subscriptions/deliver/message.ts'
import { until } from '../../support/until.ts'
import {
  accept,
  bytes,
  CONNECT,
  idOf,
  type Packet,
  PUBLISH,
  type RawServer,
  rawServer,
} from './mqtt-servers.ts'

const UNASKED = /^127\.0\.0\.1:\d+ sends what it is not asked for$/

describe('7 notifications over MQTT: servers that misbehave', () => {
  let server: RawServer
  let sender: ReturnType<typeof createSender>
  beforeEach(() => {
    sender = createSender({ egress: { mode: 'open' } })
  })
  afterEach(async () => {
    await sender.close()
    await server.close()
  })

  const send = (given: Partial<MqttMessage> = {}, user = 'user'): Promise<Attempt> =>
    sender.send({
      ...{ kind: 'mqtt', id: 'urn:ngsi-ld:Notification:1', version: 'mqtt3.1.1', qos: 1, body: '{}' },
      url: `mqtt://${user}@127.0.0.1:${server.port}/a`,
      timeoutMs: 20_000,
      ...given,
    })
  const start = async (published: (packet: Packet, socket: Socket) => void): Promise<void> => {
    server = await rawServer((packet, socket) => {
      if (packet.type === CONNECT) accept(packet, socket)
      if (packet.type === PUBLISH) published(packet, socket)
    })
  }

  const table: readonly (readonly [string, Buffer])[] = [
    ['a message of QoS 0', bytes(0x30, 4, 0, 1, 0x61, 0x62)],
    ['a message of QoS 1', bytes(0x32, 6, 0, 1, 0x61, 0, 1, 0x62)],
    ['a message of QoS 2', bytes(0x34, 6, 0, 1, 0x61, 0, 1, 0x62)],
    ['a release', bytes(0x62, 2, 0, 1)],
    ['an answer to a subscription', bytes(0x90, 3, 0, 1, 0)],
    [
      'the beginning of a long message',
      Buffer.concat([bytes(0x30, 255, 255, 255, 127), Buffer.alloc(20_000)]),
    ],
    ['endless signs of life', Buffer.alloc(20_000, bytes(0xd0, 0))],
    ['endless acknowledgements of other messages', Buffer.alloc(20_000, bytes(0x40, 2, 0x7f, 0xff))],
  ]
  for (const [what, sent] of table) {
    it(`are hung up on when they send ${what}`, async () => {
      await start((_, socket) => socket.write(sent))
      expect((await send()).reason).to.match(UNASKED)
      await until('the connection to end', () => server.open.size === 0)
    })
  }

  it('take no more than a little of what they pour out', async () => {
    let taken = 0
    await start((_, socket) => {
      socket.write(bytes(0x30, 255, 255, 255, 127))
      const pour = (): void => {
        while (!socket.destroyed && socket.write(Buffer.alloc(65_536)));
        taken = socket.bytesWritten - socket.writableLength
      }
      pour()
      socket.on('drain', pour)
    })
    expect((await send()).reason).to.match(UNASKED)
    await until('the connection to end', () => server.open.size === 0)
    expect(taken).to.be.below(16_777_216)
  })

  it('are told by MQTT 5 how short a packet has to be', async () => {
    const connects: Buffer[] = []
    server = await rawServer((packet, socket) => {
      if (packet.type === CONNECT) connects.push(packet.content)
      accept(packet, socket)
    })
    await send({ version: 'mqtt5.0', qos: 0 })
    expect(connects[0]?.includes(bytes(0x27, 0, 0, 0x40, 0))).to.equal(true)
  })

  it('may say a little with each acknowledgement, and all of it is a lot', async () => {
    await start((packet, socket) => {
      const reason = Buffer.alloc(60, 'x')
      const properties = Buffer.concat([bytes(0x1f, 0, reason.length), reason])
      const id = idOf(packet)
      socket.write(bytes(0x40, 4 + properties.length, id >> 8, id & 255, 0, properties.length))
      socket.write(properties)
    })
    const attempts = await Promise.all(Array.from({ length: 400 }, () => send({ version: 'mqtt5.0' })))
    expect(attempts.filter(({ delivered }) => !delivered)).to.deep.equal([])
    expect(server.connections()).to.equal(1)
  })

  it('are hung up on when they acknowledge nothing, whatever else they send', async () => {
    const timers: NodeJS.Timeout[] = []
    await start((_, socket) => timers.push(setInterval(() => socket.write(bytes(0xd0, 0)), 20)))
    const [late, other] = await Promise.all([send({ timeoutMs: 50 }), send()])
    for (const timer of timers) clearInterval(timer)
    expect(late.reason).to.match(/ did not answer within 50 ms$/)
    expect(other.reason).to.match(/ did not answer within 1000 ms$/)
    await until('the connection to end', () => server.open.size === 0)
  })

  it('are connected to at few times at once', async () => {
    const held: (() => void)[] = []
    await start((packet, socket) => {
      const id = idOf(packet)
      held.push(() => socket.write(bytes(0x40, 2, id >> 8, id & 255)))
    })
    const attempts = Array.from({ length: 150 }, (_, n) => send({}, `user${n}`))
    await until('the messages to arrive', () => held.length >= 128 && server.open.size <= 128)
    for (const acknowledge of held) acknowledge()
    const delivered = (await Promise.all(attempts)).filter((attempt) => attempt.delivered)
    expect(delivered).to.have.length(128)
    await until('those in no use to end', () => server.open.size <= 32)
    expect(server.open.size).to.equal(32)
  })
})
