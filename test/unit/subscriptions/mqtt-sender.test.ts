import { connect as connectTcp, createServer, type Socket } from 'node:net'
import { expect } from 'chai'
import { connectAsync, type MqttClient } from 'mqtt'
import { createSender } from '../../../broker/subscriptions/deliver/create-sender.ts'
import type { MqttMessage, Sender } from '../../../broker/subscriptions/deliver/message.ts'
import type { GuardOptions } from '../../../security/egress/guard.ts'
import { startAedes } from '../../support/aedes.ts'
import { type Certificates, hasOpenssl, makeCertificates } from '../../support/certificates.ts'
import { type Broker, hasMosquitto, PASSWORD, startMosquitto, USER } from '../../support/mosquitto.ts'
import { until } from '../../support/until.ts'
import { listen } from './receivers.ts'

const CREDENTIALS = `${USER}:${encodeURIComponent(PASSWORD)}`
const opened: { close(): unknown }[] = []

function senderFor(egress: GuardOptions): Sender {
  const sender = createSender({ egress })
  opened.push(sender)
  return sender
}

function mqttMessage(url: string, given: Partial<MqttMessage> = {}): MqttMessage {
  return {
    kind: 'mqtt',
    id: 'urn:ngsi-ld:Notification:1',
    url,
    version: 'mqtt3.1.1',
    qos: 0,
    body: '{"metadata":{},"body":"ấ"}',
    timeoutMs: 5000,
    ...given,
  }
}

afterEach(async () => {
  for (const one of opened.splice(0)) await one.close()
})

interface Kind {
  readonly name: string
  readonly version: MqttMessage['version']
  readonly missing?: string
  start(certificates?: Certificates): Promise<Broker>
}

const mosquitto = { start: startMosquitto, ...(!hasMosquitto() && { missing: 'Mosquitto is not there' }) }
const kinds: readonly Kind[] = [
  { name: 'MQTT 3.1.1', version: 'mqtt3.1.1', start: hasMosquitto() ? startMosquitto : startAedes },
  { name: 'MQTT 5', version: 'mqtt5.0', ...mosquitto },
]

for (const { name, version, missing, start } of kinds) {
  const suite = missing ? describe.skip : describe
  suite(`7 notifications over ${name}${missing ? ` SKIPPED: ${missing}` : ''}`, () => {
    let broker: Broker
    let certificates: Certificates | undefined
    let subscriber: MqttClient
    let arrived: { readonly topic: string; readonly body: string; readonly qos: number }[]

    before(async () => {
      certificates = hasOpenssl() ? makeCertificates() : undefined
      broker = await start(certificates)
    })
    after(() => broker.stop())
    beforeEach(async () => {
      arrived = []
      subscriber = await connectAsync(`mqtt://127.0.0.1:${broker.port}`, {
        username: USER,
        password: PASSWORD,
        reconnectPeriod: 100,
      })
      opened.unshift({ close: () => subscriber.endAsync(true) })
      await subscriber.subscribeAsync('#', { qos: 2 })
      subscriber.on('message', (topic, body, { qos }) =>
        arrived.push({ topic, body: body.toString('utf8'), qos }),
      )
    })
    const target = (topic: string): string => `mqtt://${CREDENTIALS}@127.0.0.1:${broker.port}/${topic}`

    for (const qos of [0, 1, 2] as const) {
      it(`arrive with QoS ${qos} under the path as topic`, async () => {
        const sender = senderFor({ mode: 'open' })
        const attempt = await sender.send(
          mqttMessage(target('city/Th%C3%A1i%20Nguy%C3%AAn/a'), { qos, version }),
        )
        expect(attempt).to.have.all.keys('delivered', 'milliseconds')
        expect(attempt.delivered).to.equal(true)
        await until('the message to arrive', () => arrived.length > 0)
        expect(arrived).to.deep.equal([
          { topic: 'city/Thái Nguyên/a', body: '{"metadata":{},"body":"ấ"}', qos },
        ])
      })
    }

    it('arrive all, also where the server takes few at a time', async () => {
      const sender = senderFor({ mode: 'open' })
      const attempts = await Promise.all(
        Array.from({ length: 300 }, (_, n) =>
          sender.send(mqttMessage(target(`many/${n % 7}`), { qos: n % 2 ? 1 : 2, version, body: String(n) })),
        ),
      )
      expect(attempts.filter(({ delivered }) => !delivered)).to.deep.equal([])
      await until('all messages to arrive', () => arrived.length === 300)
      expect(new Set(arrived.map(({ body }) => body)).size).to.equal(300)
    })

    it('fail with a wrong password, and say so without it', async () => {
      const attempt = await senderFor({ mode: 'open' }).send(
        mqttMessage(`mqtt://${USER}:wrong-word@127.0.0.1:${broker.port}/a`, { qos: 1, version }),
      )
      expect(attempt.delivered).to.equal(false)
      expect(attempt.reason).to.match(/^127\.0\.0\.1:\d+ refuses the connection \(code \d+\)$/)
    })

    it('fail while the server is away, and go on when it is back', async () => {
      const sender = senderFor({ mode: 'open' })
      const message = mqttMessage(target('restart'), { qos: 1, version })
      expect(await sender.send(message)).to.include({ delivered: true })
      await broker.stop()
      for (let n = 0; n < 2; n++) {
        const attempt = await sender.send(message)
        expect(attempt.delivered).to.equal(false)
        expect(attempt.reason).to.match(
          /^127\.0\.0\.1:\d+ (cannot be reached \([A-Z]+\)|closes the connection)/,
        )
      }
      await broker.start()
      expect(await sender.send(message)).to.include({ delivered: true })
    })

    it('go nowhere private from a guarded hub, unless it is allowed', async () => {
      const url = `mqtt://${CREDENTIALS}@localhost:${broker.port}/guarded`
      for (const refused of [url, target('guarded'), 'mqtt://nowhere.invalid/a']) {
        const attempt = await senderFor({ mode: 'guarded' }).send(mqttMessage(refused, { qos: 1, version }))
        expect(attempt.delivered).to.equal(false)
        expect(attempt.reason)
          .to.match(/that the hub may not call$/)
          .and.not.include(PASSWORD)
      }
      const allowedOrigins = [`mqtt://localhost:${broker.port}`]
      const attempt = await senderFor({ mode: 'guarded', allowedOrigins }).send(
        mqttMessage(url, { qos: 1, version }),
      )
      expect(attempt).to.include({ delivered: true })
      await until('the message to arrive', () => arrived.length > 0)
      expect(arrived).to.have.length(1)
    })

    const overTls = hasOpenssl() ? it : it.skip
    overTls(
      `go over TLS with the certificates of the subscription${hasOpenssl() ? '' : ' SKIPPED: no openssl'}`,
      async () => {
        const { authority, client } = certificates!
        const url = `mqtts://${CREDENTIALS}@localhost:${broker.tlsPort}/tls`
        const trusting = { authorities: authority.certificate }
        const known = { ...trusting, certificate: client.certificate, certificateKey: client.key }
        const sender = senderFor({ mode: 'open' })
        const send = (tls?: MqttMessage['tls']) =>
          sender.send(mqttMessage(url, { qos: 1, version, ...(tls && { tls }) }))
        expect(await send(known)).to.include({ delivered: true })
        await until('the message to arrive', () => arrived.length > 0)
        expect((await send(trusting)).delivered, 'without a certificate').to.equal(false)
        const untrusted = await send()
        expect(untrusted.delivered, 'without trust').to.equal(false)
        expect(untrusted.reason).to.match(/ cannot be reached \((SELF_SIGNED|UNABLE_TO)[A-Z_]+\)$/)
        expect(arrived).to.have.length(1)
      },
    )
  })
}

describe('7 notifications over MQTT: connections', () => {
  let broker: Broker
  before(async () => {
    broker = await startAedes()
  })
  after(() => broker.stop())

  it('are shared by the messages to one server and user, and ended at the end', async () => {
    let open = 0
    let connections = 0
    const { port } = broker
    const relay = createServer((inside) => {
      open++
      connections++
      const outside = connectTcp(port, '127.0.0.1').on('error', () => undefined)
      inside.pipe(outside).pipe(inside)
      inside
        .on('error', () => outside.destroy())
        .on('close', () => {
          open--
          outside.destroy()
        })
    })
    const url = `mqtt://${CREDENTIALS}@127.0.0.1:${await listen(relay)}`
    const sender = createSender({ egress: { mode: 'open' } })
    await Promise.all(
      ['a', 'b', 'c', 'd'].map((topic) => sender.send(mqttMessage(`${url}/${topic}`, { qos: 1 }))),
    )
    expect([open, connections]).to.deep.equal([1, 1])
    await sender.close()
    await until('the connection to end', () => open === 0)
    await new Promise((resolve) => relay.close(resolve))
  })

  it('fail at the deadline of a message where the server is silent, and are not kept', async () => {
    const sockets: Socket[] = []
    const server = createServer((socket) => sockets.push(socket.resume().on('error', () => undefined)))
    const url = `mqtt://127.0.0.1:${await listen(server)}/a`
    const sender = senderFor({ mode: 'open' })
    for (let n = 0; n < 2; n++) {
      const attempt = await sender.send(mqttMessage(url, { timeoutMs: 100, qos: 1 }))
      expect(attempt.delivered).to.equal(false)
      expect(attempt.reason).to.match(/ did not answer within 100 ms$/)
      await until('the connection to end', () => sockets.every(({ destroyed }) => destroyed))
    }
    expect(sockets).to.have.length(2)
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  })

  for (const [url, reason] of [
    ['mqtt://receiver.test', 'Target URL names no topic to publish to'],
    ['mqtt://receiver.test/', 'Target URL names no topic to publish to'],
    ['mqtt://receiver.test/a/+/b', 'Target URL names no topic to publish to'],
    ['http://receiver.test/a', 'Target is no mqtt or mqtts URL'],
    ['ws://receiver.test/a', 'Target is no mqtt or mqtts URL'],
  ] as const) {
    it(`go not to ${url}`, async () => {
      expect(await senderFor({ mode: 'open' }).send(mqttMessage(url))).to.include({
        delivered: false,
        reason,
      })
    })
  }
})
