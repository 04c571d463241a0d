import { createHmac } from 'node:crypto'
import { expect } from 'chai'
import { type Api, useApi } from '../support/api.ts'
import { type Received, type Receiver, startReceiver } from '../support/receiver.ts'
import { selfSigned } from '../support/self-signed.ts'
import { until } from '../support/until.ts'

const SUBSCRIPTIONS = '/ngsi-ld/v1/subscriptions'
const DELIVERIES = '/hub/v1/subscriptions'
const SECRET = `whsec_${Buffer.from('a secret of thirty-two characters').toString('base64')}`
const { certificate, key: certificateKey } = selfSigned('receiver.example')
const { key: otherKey } = selfSigned('receiver.example')

describe('hub: delivery of subscriptions', () => {
  const api: Api = useApi({
    'context.default': 'core',
    'subscriptions.firstDelay': 5,
    'subscriptions.attempts': 2,
  })
  let receiver: Receiver
  let number = 0
  before(async () => {
    receiver = await startReceiver()
  })
  after(() => receiver.close())
  beforeEach(() => {
    receiver.clear()
    receiver.answer = () => 200
  })

  async function subscribe(members: object = {}, endpoint: object = {}): Promise<string> {
    const id = `urn:s:${++number}`
    const { status, text } = await api.write('POST', SUBSCRIPTIONS, {
      id,
      type: 'Subscription',
      entities: [{ type: `Bus${number}` }],
      notification: { endpoint: { uri: `${receiver.url}/${number}`, ...endpoint } },
      ...members,
    })
    expect(status, text).to.equal(201)
    return id
  }
  const typeOf = (id: string) => `Bus${id.split(':')[2]}`
  const at = (id: string, rest = '') => `${DELIVERIES}/${id}${rest}`
  const save = (id: string, options: object) => api.write('PUT', at(id, '/delivery'), options)
  const read = async (id: string) => (await api.send(at(id))).body
  const find = async (q: string) =>
    (await api.send(`${DELIVERIES}?q=${encodeURIComponent(q)}&limit=1000`)).body.map(
      ({ id }: { id: string }) => id,
    )
  const bus = (subscription: string, id: string, speed = 1) =>
    api.create(id, { type: typeOf(subscription), speed: { type: 'Property', value: speed } })

  it('shows how it stands, beside what the standard shows', async () => {
    const id = await subscribe()
    await until('it has caught up with its creation', async () => !(await read(id)).delivery.behind)
    const { delivery, ...members } = await read(id)
    expect(members).to.deep.equal((await api.send(`${SUBSCRIPTIONS}/${id}`)).body)
    expect(delivery).to.deep.include({
      waiting: 0,
      behind: false,
      dropped: 0,
      breaker: 'closed',
      options: {},
      attempts: [],
    })
    expect(Date.parse(delivery.delegatedUntil)).to.be.greaterThan(Date.now())
  })

  it('shows the last attempts, newest first, and the standard’s counts', async () => {
    const id = await subscribe()
    await bus(id, 'urn:b:attempts')
    await until('the attempt', async () => (await read(id)).delivery.attempts.length === 1)
    const { delivery, notification } = await read(id)
    expect(delivery.attempts[0]).to.include({ delivered: true, status: 200 })
    expect(delivery.attempts[0].id).to.equal(receiver.received[0]?.body.id)
    expect(notification).to.include({ timesSent: 1, status: 'ok' })
    expect((await api.send(`${SUBSCRIPTIONS}/${id}`)).body).not.to.have.property('delivery')
  })

  describe('list', () => {
    let quiet: string
    let sent: string
    before(async () => {
      quiet = await subscribe({ subscriptionName: 'Quiet', q: 'speed>90', isActive: false })
      sent = await subscribe({ description: 'Sent', throttling: 0.5 }, { accept: 'application/ld+json' })
      await bus(sent, 'urn:b:list')
      await until('the attempt', async () => (await read(sent)).notification.timesSent === 1)
    })

    for (const [q, which] of [
      ['subscriptionName=="Quiet"', 'quiet'],
      ['status=="paused"', 'quiet'],
      ['isActive==false', 'quiet'],
      ['q~="speed"', 'quiet'],
      ['notification[timesSent]>=1;description=="Sent"', 'sent'],
      ['notification[endpoint.accept]=="application/ld+json"', 'sent'],
      ['throttling==0.5', 'sent'],
      ['delivery[breaker]=="open"', undefined],
    ] as const) {
      it(`finds by ${q}`, async () => {
        const wanted = which && { quiet, sent }[which]
        const found = await find(q)
        if (wanted === undefined) expect(found).to.deep.equal([])
        else expect(found).to.include(wanted)
        expect(found).not.to.include(which === 'sent' ? quiet : sent)
      })
    }

    it('finds by what is inside a list', async () => {
      expect(await find(`entities[type]=="${typeOf(quiet)}"`)).to.deep.equal([quiet])
    })

    it('answers page by page, counted', async () => {
      const q = encodeURIComponent(`id=="${quiet}"|id=="${sent}"`)
      const { body, headers } = await api.send(`${DELIVERIES}?q=${q}&limit=1&count=true`)
      expect(body).to.have.length(1)
      expect(headers['ngsild-results-count']).to.equal('2')
      expect(String(headers.link)).to.include('rel="next"')
    })

    it('refuses what is no member', async () => {
      for (const q of ['owner=="open"', 'sealed', 'speed>5', 'notification.endpoint', '((']) {
        expect((await api.send(`${DELIVERIES}?q=${encodeURIComponent(q)}`)).status, q).to.equal(400)
      }
    })
  })

  it('sends a trial, and says what became of it', async () => {
    const id = await subscribe()
    receiver.answer = () => 418
    const { status, body } = await api.send(at(id, '/test'), { method: 'POST' })
    expect(status).to.equal(200)
    expect(body).to.include({ delivered: false, status: 418 })
    expect(receiver.received).to.have.length(1)
    expect(receiver.received[0]?.body).to.include({ type: 'Notification', subscriptionId: id })
  })

  it('keeps what is said of the delivery, and shows no key of it again', async () => {
    const id = await subscribe({}, { uri: 'https://receiver.example/' })
    const options = {
      template: '{ "n": $count(data) }',
      rename: { speed: 'tốc độ' },
      signingSecret: SECRET,
      certificate,
      certificateKey,
      authorities: certificate,
    }
    expect((await save(id, options)).status).to.equal(204)
    const shown = { ...options, signingSecret: '***', certificateKey: '***' }
    const { delivery } = await read(id)
    expect(delivery.options).to.deep.equal(shown)
    expect((await save(id, shown)).status).to.equal(204)
    expect((await read(id)).delivery.options).to.deep.equal(shown)
    expect((await save(id, {})).status).to.equal(204)
    expect((await read(id)).delivery.options).to.deep.equal({})
    const { text } = await api.send(`${SUBSCRIPTIONS}/${id}`)
    expect(text).not.to.match(/template|rename|whsec|PRIVATE/)
  })

  it('writes and signs notifications as is said', async () => {
    const id = await subscribe()
    await save(id, { template: '{ "buses": data.id }', signingSecret: SECRET })
    await bus(id, 'urn:b:custom')
    await receiver.wait(1)
    const [{ body, headers }] = receiver.received as [Received]
    expect(body).to.deep.equal({ buses: 'urn:b:custom' })
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${JSON.stringify(body)}`
    const key = Buffer.from(SECRET.slice('whsec_'.length), 'base64')
    const signature = createHmac('sha256', key).update(signed).digest('base64')
    expect(headers['webhook-signature']).to.equal(`v1,${signature}`)
  })

  it('outlives a template that takes all memory, and notifies others', async () => {
    const id = await subscribe()
    await save(id, { template: '$base64encode($pad("x", 300000000))' })
    const entities = [{ type: typeOf(id) }]
    const other = await subscribe({ entities })
    const filled = await subscribe({ entities })
    await save(filled, { template: '{ "subscriptionId": "filled" }' })
    await bus(id, 'urn:b:attack')
    const attempted = async () => (await read(id)).delivery.attempts.length > 0
    await until('the failed attempt', attempted, 30_000)
    const { delivery } = await read(id)
    expect(delivery.attempts[0]).to.include({ delivered: false })
    expect(delivery.attempts[0].reason).to.match(
      /cannot be written: Template of the subscription .*(memory|long)/,
    )
    await until('the others', () => receiver.received.length >= 2, 30_000)
    const told = receiver.received.map(({ body }) => body.subscriptionId)
    expect(told).to.have.members([other, 'filled'])
  })

  for (const [name, options, uri] of [
    ['a template that is no expression', { template: '{ "n": ' }],
    ['an unknown member', { templates: '$' }],
    ['a name of nothing', { rename: { speed: '' } }],
    ['a short secret', { signingSecret: 'whsec_abc' }],
    ['a hidden secret that is not kept', { signingSecret: '***' }],
    ['a signature for MQTT', { signingSecret: SECRET }, 'mqtt://b.example/t'],
    ['a certificate without TLS', { certificate, certificateKey }, 'http://receiver.example/'],
    ['a certificate without key', { certificate }],
    ['a key of another certificate', { certificate, certificateKey: otherKey }],
    ['a key that is none', { certificate, certificateKey: certificate }],
    ['authorities that are none', { authorities: 'nobody' }],
    ['no object', []],
  ] as const) {
    it(`refuses ${name}`, async () => {
      const id = await subscribe({}, { uri: uri ?? 'https://receiver.example/' })
      const { status, text } = await save(id, options)
      expect(status, text).to.equal(400)
      expect(text).not.to.match(/PRIVATE|whsec_[a-zA-Z0-9]/)
      expect((await read(id)).delivery.options).to.deep.equal({})
    })
  }

  it('sends other brokers nothing but what the standard says', async () => {
    await api.write('POST', '/ngsi-ld/v1/csourceRegistrations', {
      type: 'ContextSourceRegistration',
      endpoint: 'http://source.example/api',
      information: [{ entities: [{ type: 'Nothing' }] }],
    })
    for (const uri of [
      'http://source.example/api/notify',
      'http://broker.example/ngsi-ld/ex/remote-notify',
      'http://broker.example/hub/ngsi-ld/v1/notify',
      'http://broker.example/hub/NGSI-LD/v1/notify',
      'http://broker.example/ngsi%2Dld/v1/notify',
      'http://broker.example/x%2f..%2Fngsi-ld',
      'http://source.example/a%70i//notify',
      'http://source.example/x/%2e%2e/API',
    ]) {
      const id = await subscribe({}, { uri })
      for (const options of [{ template: '$' }, { rename: { speed: 'v' } }])
        expect((await save(id, options)).status, uri).to.equal(422)
      expect((await save(id, { signingSecret: SECRET })).status, uri).to.equal(204)
    }
    const id = await subscribe()
    expect((await save(id, { template: '$' })).status).to.equal(204)
    const notification = { endpoint: { uri: 'http://source.example/api' } }
    expect((await api.write('PATCH', `${SUBSCRIPTIONS}/${id}`, { notification })).status).to.equal(422)
  })

  it('sends what has become another broker nothing else either', async () => {
    const id = await subscribe()
    expect((await save(id, { template: '{ "custom": true }', rename: { speed: 'v' } })).status).to.equal(204)
    await bus(id, 'urn:b:before')
    await receiver.wait(1)
    expect(receiver.received[0]?.body).to.deep.equal({ custom: true })
    const { status } = await api.write('POST', '/ngsi-ld/v1/csourceRegistrations', {
      type: 'ContextSourceRegistration',
      endpoint: `${receiver.url}/${number}`,
      information: [{ entities: [{ type: 'Nothing' }] }],
    })
    expect(status).to.equal(201)
    await bus(id, 'urn:b:after')
    await receiver.wait(2)
    expect(receiver.received[1]?.body.type).to.equal('Notification')
    expect(receiver.received[1]?.body.data[0]).to.have.property('speed')
  })

  it('takes a neighbour of a source for no source', async () => {
    for (const path of ['api-of-mine', 'other/api', 'ngsi-ldx', 'my-ngsi-ld', '%zz']) {
      const id = await subscribe({}, { uri: `http://source.example/${path}` })
      expect((await save(id, { template: '$' })).status, path).to.equal(204)
    }
  })

  it('lets no key follow the endpoint to another server', async () => {
    const id = await subscribe()
    await save(id, { signingSecret: SECRET })
    const move = (uri: string) =>
      api.write('PATCH', `${SUBSCRIPTIONS}/${id}`, { notification: { endpoint: { uri } } })
    expect((await move('http://other.example/')).status).to.equal(400)
    expect((await move(`${receiver.url}/elsewhere`)).status).to.equal(204)
    await save(id, {})
    expect((await move('http://other.example/')).status).to.equal(204)
  })

  describe('what was given up', () => {
    let id: string
    beforeEach(async () => {
      id = await subscribe()
      receiver.answer = ({ body }) => (body.data[0].id.startsWith('urn:b:bad') ? 400 : 200)
      for (const name of [`urn:b:bad-${number}-1`, `urn:b:bad-${number}-2`]) await bus(id, name)
      // the endpoint takes others, so that these are given up
      for (let value = 0; (await letters()).length < 2 && value < 500; value++)
        await bus(id, `urn:b:good-${number}-${value}`)
      expect(await letters()).to.have.length(2)
    })

    const letters = async () => (await api.send(at(id, '/deadLetters'))).body

    it('is listed with the reason, page by page, without its content', async () => {
      const [first] = await letters()
      expect(Object.keys(first)).to.have.members([
        ...['id', 'changes', 'reason', 'attempts', 'changedAt', 'givenUpAt'],
      ])
      expect(first.reason).to.include('400')
      const page = await api.send(at(id, '/deadLetters?limit=1'))
      const next = /<([^>]+)>; rel="next"/.exec(String(page.headers.link))?.[1] ?? ''
      const rest = await api.send(next)
      expect([...page.body, ...rest.body]).to.deep.equal(await letters())
      expect(rest.headers).not.to.have.property('link')
      expect((await api.send(at(id, '/deadLetters?after=urn'))).status).to.equal(400)
    })

    it('is delivered once more when it is asked for, under the same id', async () => {
      const [first, second] = await letters()
      receiver.answer = () => 200
      receiver.clear()
      const path = `${at(id, '/deadLetters/replay')}?letter=${first.id}`
      const { status, body } = await api.send(path, { method: 'POST' })
      expect([status, body]).to.deep.equal([202, { replayed: 1, gone: 0, more: false }])
      await until('the letter to be gone', async () => (await letters()).length === 1)
      // one of the others may have been on its way
      const given = receiver.received
        .map(({ body }) => body.id)
        .filter((one) => [first.id, second.id].includes(one))
      expect(given).to.deep.equal([first.id])
      expect((await letters())[0].id).to.equal(second.id)
      await api.send(at(id, '/deadLetters/replay'), { method: 'POST' })
      await until('all letters to be gone', async () => (await letters()).length === 0)
    })

    it('is deleted, one or all', async () => {
      const [first] = await letters()
      const remove = (search = '') => api.send(at(id, `/deadLetters${search}`), { method: 'DELETE' })
      expect((await remove('?letter=urn:none')).status).to.equal(404)
      expect((await remove(`?letter=${first.id}`)).status).to.equal(204)
      expect(await letters()).to.have.length(1)
      expect((await remove()).status).to.equal(204)
      expect(await letters()).to.have.length(0)
    })
  })

  it('is not found where the subscription is not', async () => {
    const paths = ['', '/deadLetters'].map((rest) => api.send(at('urn:s:none', rest)))
    const posts = ['/test', '/deadLetters/replay'].map((rest) =>
      api.send(at('urn:s:none', rest), { method: 'POST' }),
    )
    for (const { status } of await Promise.all([...paths, ...posts, save('urn:s:none', {})]))
      expect(status).to.equal(404)
  })
})
