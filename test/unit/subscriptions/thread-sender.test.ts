import { expect } from 'chai'
import { createThreadSender } from '../../../broker/subscriptions/deliver/thread-sender.ts'
import { startAedes } from '../../support/aedes.ts'
import { PASSWORD, USER } from '../../support/mosquitto.ts'
import { until } from '../../support/until.ts'
import { httpMessage, openReceiver, type Receiver } from './receivers.ts'

describe('6.3.8 notifications sent from a thread of their own', () => {
  let receiver: Receiver
  let sender: ReturnType<typeof createThreadSender>
  let logged: string[]

  beforeEach(async () => {
    logged = []
    receiver = await openReceiver((request, answer) => {
      if (request.url !== '/never') answer.end('ok')
    })
    sender = createThreadSender({
      egress: { mode: 'open' },
      log: { warn: (_, text) => logged.push(text), error: (_, text) => logged.push(text) },
    })
  })

  afterEach(async () => {
    await sender.close()
    await receiver.close()
  })

  it('are all delivered, each once', async () => {
    const attempts = await Promise.all(
      Array.from({ length: 200 }, (_, n) =>
        sender.send(httpMessage(`${receiver.url}/${n}`, { body: `ấ${n}` })),
      ),
    )
    expect(attempts.filter(({ delivered, status }) => delivered && status === 200)).to.have.length(200)
    expect(receiver.received.map(({ body }) => body).sort()).to.deep.equal(
      Array.from({ length: 200 }, (_, n) => `ấ${n}`).sort(),
    )
    expect(logged).to.deep.equal([])
  })

  it('fail as attempts when the thread dies, and go on in another', async () => {
    await sender.send(httpMessage(receiver.url))
    const lost = sender.send(httpMessage(`${receiver.url}/never`))
    await until('the message to arrive', () => receiver.received.length === 2)
    sender.crash()
    expect(await lost).to.include({ delivered: false, reason: 'Hub lost the thread that sends' })
    expect(await sender.send(httpMessage(receiver.url))).to.include({ delivered: true })
    expect(logged).to.deep.equal([
      'Sender thread fails',
      'Sender thread ended, and is started again with the next notification',
    ])
  })

  it('go over MQTT, too', async () => {
    const broker = await startAedes()
    const attempt = await sender.send({
      kind: 'mqtt',
      id: 'urn:ngsi-ld:Notification:1',
      url: `mqtt://${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${broker.port}/a`,
      version: 'mqtt3.1.1',
      qos: 1,
      body: '{}',
      timeoutMs: 5000,
    })
    await broker.stop()
    expect(attempt).to.include({ delivered: true })
  })

  it('end with the thread', async () => {
    const lost = sender.send(httpMessage(`${receiver.url}/never`))
    await until('the message to arrive', () => receiver.received.length === 1)
    await sender.close()
    expect(await lost).to.include({ delivered: false })
    expect(await sender.send(httpMessage(receiver.url))).to.include({ delivered: false, reason: 'Hub stops' })
    expect(receiver.received).to.have.length(1)
  })
})
