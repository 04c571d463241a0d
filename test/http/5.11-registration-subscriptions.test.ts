import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { type Received, type Receiver, startReceiver } from '../support/receiver.ts'
import { until } from '../support/until.ts'

const SUBSCRIPTIONS = '/ngsi-ld/v1/csourceSubscriptions'
const REGISTRATIONS = '/ngsi-ld/v1/csourceRegistrations'

type Body = Received['body']

describe('5.11 Context Source Registration Subscription', () => {
  let hub: TestHub
  let receiver: Receiver
  let number = 0
  before(async () => {
    receiver = await startReceiver()
    hub = await startTestHub({
      'context.default': 'core',
      'subscriptions.shortestInterval': 50,
      'subscriptions.firstDelay': 20,
    })
  })
  after(async () => {
    await hub.stop()
    await receiver.close()
  })
  beforeEach(() => receiver.clear())

  const at = (id: string, rest = '') => `${SUBSCRIPTIONS}/${id}${rest}`

  function whole(type: string, members: object = {}, notification: object = {}) {
    const endpoint = { uri: `${receiver.url}/csource` }
    return {
      type: 'Subscription',
      entities: [{ type }],
      notification: { endpoint, ...notification },
      ...members,
    }
  }

  async function subscribe(type: string, members: object = {}, notification: object = {}): Promise<string> {
    const id = `urn:s:${++number}`
    const body = { id, ...whole(type, members, notification) }
    const { status, text } = await hub.send(SUBSCRIPTIONS, { method: 'POST', body })
    expect(status, text).to.equal(201)
    return id
  }

  async function register(types: readonly string[], members: object = {}): Promise<string> {
    const id = `urn:r:${++number}`
    const body = {
      id,
      type: 'ContextSourceRegistration',
      endpoint: 'http://source.example:1026',
      information: types.map((type) => ({ entities: [{ type }] })),
      ...members,
    }
    const { status, text } = await hub.send(REGISTRATIONS, { method: 'POST', body })
    expect(status, text).to.equal(201)
    return id
  }

  const change = (path: string, body: object) => hub.send(path, { method: 'PATCH', body })

  /** Waits until so many notifications of a subscription came. */
  async function told(id: string, count: number): Promise<readonly Body[]> {
    const own = (): readonly Body[] =>
      receiver.received.map(({ body }) => body).filter((body) => body.subscriptionId === id)
    await until(`${count} notifications of ${id}`, () => own().length >= count)
    return own()
  }

  const summary = (body: Body) => [body.triggerReason, ...body.data.map(({ id }: { id: string }) => id)]

  describe('5.11.2 to 5.11.6 resources', () => {
    it('5.11.2 creates one, says where it is, and answers it as it was given', async () => {
      const members = {
        id: 'urn:s:whole',
        watchedAttributes: ['speed'],
        csf: 'quality>3',
        temporalQ: { timerel: 'after', timeAt: '2020-01-01T00:00:00Z', timeproperty: 'createdAt' },
        notification: {
          format: 'keyValues',
          attributes: ['speed'],
          endpoint: {
            uri: 'http://receiver.example:9/',
            receiverInfo: [{ key: 'Authorization', value: 'Bearer s3cret' }],
          },
        },
      }
      const answer = await hub.send(SUBSCRIPTIONS, { method: 'POST', body: whole('Bus', members) })
      expect(answer.status, answer.text).to.equal(201)
      expect(answer.headers.location).to.equal(at('urn:s:whole'))
      const { body, text } = await hub.send(at('urn:s:whole'))
      expect(text).to.not.include('s3cret')
      expect(body).to.deep.equal({
        ...whole('Bus', members),
        notification: {
          ...members.notification,
          endpoint: {
            ...members.notification.endpoint,
            receiverInfo: [{ key: 'Authorization', value: '***' }],
          },
        },
        status: 'active',
      })
      const again = await hub.send(SUBSCRIPTIONS, { method: 'POST', body: whole('Bus', members) })
      expect(again.status).to.equal(409)
    })

    for (const [what, body] of [
      ['without notification', { type: 'Subscription', entities: [{ type: 'Bus' }] }],
      ['of another type', whole.bind(undefined, 'Bus', { type: 'Other' })],
      ['with a temporalQ that has no time', { temporalQ: { timerel: 'after' } }],
      [
        'with a temporalQ of no known relation',
        { temporalQ: { timerel: 'near', timeAt: '2020-01-01T00:00:00Z' } },
      ],
      ['that has expired', { expiresAt: '2018-01-01T00:00:00Z' }],
      [
        'that wants GeoJSON',
        { notification: { endpoint: { uri: 'http://receiver.example', accept: 'application/geo+json' } } },
      ],
    ] as const) {
      it(`5.11.2 refuses one ${what}`, async () => {
        const given =
          typeof body === 'function'
            ? body()
            : 'notification' in body || 'type' in body
              ? body
              : whole('Bus', body)
        const full = 'type' in given ? given : whole('Bus', given)
        const { status, body: problem } = await hub.send(SUBSCRIPTIONS, { method: 'POST', body: full })
        expect([status, problem.type]).to.deep.equal([
          400,
          'https://uri.etsi.org/ngsi-ld/errors/BadRequestData',
        ])
      })
    }

    it('5.11.2 keeps temporalQ for these subscriptions alone', async () => {
      const body = whole('Bus', { temporalQ: { timerel: 'after', timeAt: '2020-01-01T00:00:00Z' } })
      const { status } = await hub.send('/ngsi-ld/v1/subscriptions', { method: 'POST', body })
      expect(status).to.equal(400)
    })

    it('5.11.3 changes one, 5.11.4 retrieves it, 5.11.6 deletes it', async () => {
      const id = await subscribe('Nothing')
      expect((await change(at(id), { isActive: false })).status).to.equal(204)
      expect((await hub.send(at(id))).body).to.include({ isActive: false, status: 'paused' })
      expect((await change(at('urn:s:none'), { isActive: false })).status).to.equal(404)
      expect((await hub.send(at(id), { method: 'DELETE' })).status).to.equal(204)
      expect((await hub.send(at(id))).status).to.equal(404)
      expect((await hub.send(at(id), { method: 'DELETE' })).status).to.equal(404)
      expect((await hub.send(at('no-uri'))).status).to.equal(400)
    })

    it('5.11.5 lists them, apart from those to entities', async () => {
      const id = await subscribe('Listed')
      const page = await hub.send(`${SUBSCRIPTIONS}?limit=1&count=true`)
      expect(page.body).to.have.length(1)
      expect(Number(page.headers['ngsild-results-count'])).to.be.greaterThan(1)
      const all = await hub.send(`${SUBSCRIPTIONS}?limit=1000`)
      expect(all.body.map((one: Body) => one.id)).to.include(id)
      expect((await hub.send('/ngsi-ld/v1/subscriptions?limit=1000')).body).to.deep.equal([])
      expect((await hub.send(`/ngsi-ld/v1/subscriptions/${id}`)).status).to.equal(404)
    })
  })

  describe('5.11.7 Notification behaviour', () => {
    it('tells at once of all that matches, with the parts that do', async () => {
      const first = await register(['Tram', 'Bus'])
      const second = await register(['Tram'])
      const id = await subscribe('Tram')
      const [one] = await told(id, 1)
      expect(one).to.include({ type: 'ContextSourceNotification', triggerReason: 'newlyMatching' })
      expect(one.id).to.match(/^urn:ngsi-ld:Notification:/)
      expect(summary(one)).to.deep.equal(['newlyMatching', first, second])
      expect(one.data[0].information).to.deep.equal([{ entities: [{ type: ['Tram'] }] }])
    })

    it('tells why: new, changed, gone; and nothing of what does not matter', async () => {
      const id = await subscribe('Ferry')
      await register(['Other'])
      const one = await register(['Ferry'])
      await change(`${REGISTRATIONS}/${one}`, { endpoint: 'http://new.example:1026' })
      await change(`${REGISTRATIONS}/${one}`, { endpoint: 'http://new.example:1026' })
      await change(`${REGISTRATIONS}/${one}`, { information: [{ entities: [{ type: 'Other' }] }] })
      await change(`${REGISTRATIONS}/${one}`, { information: [{ entities: [{ type: 'Ferry' }] }] })
      await hub.send(`${REGISTRATIONS}/${one}`, { method: 'DELETE' })
      const all = await told(id, 5)
      expect(all.map(summary)).to.deep.equal([
        ['newlyMatching', one],
        ['updated', one],
        ['noLongerMatching', one],
        ['newlyMatching', one],
        ['noLongerMatching', one],
      ])
      const { notification } = (await hub.send(at(id))).body
      expect(notification).to.include({ status: 'ok', timesSent: 5 })
    })

    it('tells of what matches after each change of the subscription, unless it is paused', async () => {
      const one = await register(['Train'])
      const id = await subscribe('Plane')
      await change(at(id), { entities: [{ type: 'Train' }] })
      expect((await told(id, 1)).map(summary)).to.deep.equal([['newlyMatching', one]])
      await change(at(id), { isActive: false })
      await change(`${REGISTRATIONS}/${one}`, { description: 'while it is paused' })
      await change(at(id), { isActive: true })
      expect((await told(id, 2)).map(summary)).to.deep.equal([
        ['newlyMatching', one],
        ['newlyMatching', one],
      ])
    })

    it('tells periodically of all that matches, and at once', async () => {
      const one = await register(['Rail'])
      const id = await subscribe('Rail', { timeInterval: 0.2 })
      const all = await told(id, 3)
      expect(all.map(summary)).to.deep.equal(all.map(() => ['newlyMatching', one]))
    })

    it('tells together what happened while it was throttled, by reason', async () => {
      const id = await subscribe('Cable', { throttling: 1.5 })
      const first = await register(['Cable'])
      await told(id, 1)
      const second = await register(['Cable'])
      const third = await register(['Cable'])
      await hub.send(`${REGISTRATIONS}/${first}`, { method: 'DELETE' })
      const all = await told(id, 3)
      expect(all.map(summary)).to.deep.equal([
        ['newlyMatching', first],
        ['newlyMatching', second, third],
        ['noLongerMatching', first],
      ])
    })

    it('tells that something went, though it also came while it was throttled', async () => {
      const id = await subscribe('Raft', { throttling: 1 })
      await register(['Raft'])
      await told(id, 1)
      const second = await register(['Raft'])
      await hub.send(`${REGISTRATIONS}/${second}`, { method: 'DELETE' })
      // what came before may be told twice, and where the hub is slow the second one is told before it went
      const gone = JSON.stringify(['noLongerMatching', second])
      await until(`the end of ${second}`, async () =>
        (await told(id, 2)).some((body) => JSON.stringify(summary(body)) === gone),
      )
    })

    it('never tells credentials of a source', async () => {
      const id = await subscribe('Metro', {}, {})
      const contextSourceInfo = [{ key: 'Authorization', value: 'Bearer s3cret' }]
      await register(['Metro'], { contextSourceInfo })
      const [one] = await told(id, 1)
      expect(JSON.stringify(one)).to.not.include('s3cret')
      expect(one.data[0].contextSourceInfo).to.deep.equal([{ key: 'Authorization', value: '***' }])
      expect(one.data[0]).to.not.have.property('sealed')
      expect(JSON.stringify(await hub.running.store.log(DEFAULT_TENANT, 0, 10_000))).to.not.include('s3cret')
    })

    it('tells that a registration does not match any more when it has expired', async () => {
      const id = await subscribe('Sled')
      const expiresAt = new Date(Date.now() + 1000).toISOString()
      const one = await register(['Sled'], { expiresAt })
      expect((await told(id, 2)).map(summary)).to.deep.equal([
        ['newlyMatching', one],
        ['noLongerMatching', one],
      ])
    })

    it('tells nothing any more once it is deleted', async () => {
      const id = await subscribe('Tube')
      const other = await subscribe('Tube')
      await hub.send(at(id), { method: 'DELETE' })
      await register(['Tube'])
      await told(other, 1)
      expect(receiver.received.filter(({ body }) => body.subscriptionId === id)).to.deep.equal([])
    })
  })
})
