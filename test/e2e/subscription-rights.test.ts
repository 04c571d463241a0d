import { expect } from 'chai'
import { type Asker, type SecuredHubs, startSecuredHubs } from './secured-hubs.ts'

const SUBSCRIPTIONS = '/ngsi-ld/v1/subscriptions'
const body = (id: string) => ({
  id,
  type: 'Subscription',
  entities: [{ type: 'AirQualityObserved' }],
  notification: { endpoint: { uri: 'http://127.0.0.1:9/notify' } },
})

describe('e2e: a subscription is its owner’s', () => {
  let hubs: SecuredHubs
  before(async () => {
    hubs = await startSecuredHubs([], { 'limits.callerSubscriptions': 2 })
    for (const asker of ['analyst', 'operator.thai-nguyen'] as const)
      expect(await create(asker, `urn:s:${asker}`)).to.equal(201)
  })
  after(() => hubs.stop())

  const send = (asker: Asker, path: string, method: 'GET' | 'PATCH' | 'DELETE' = 'GET', body?: object) =>
    hubs.send(hubs.city, asker, path, { method, ...(body && { body }) })
  const create = async (asker: Asker, id: string) => {
    const request = { method: 'POST', body: body(id) } as const
    return (await hubs.send(hubs.city, asker, SUBSCRIPTIONS, request)).status
  }
  const at = (asker: Asker) => `${SUBSCRIPTIONS}/urn:s:${asker}`

  for (const [asker, status] of [
    ['public', 403],
    ['operator.song-cong', 403],
    ['feeds', 403],
    ['anonymous', 401],
  ] as const) {
    it(`${asker} has none and learns of none`, async () => {
      expect(await create(asker, `urn:s:${asker}`)).to.equal(status)
      expect((await send(asker, SUBSCRIPTIONS)).status).to.equal(status)
      expect((await send(asker, at('analyst'))).status).to.equal(status)
      expect((await send(asker, at('analyst'), 'PATCH', { isActive: false })).status).to.equal(status)
      expect((await send(asker, at('analyst'), 'DELETE')).status).to.equal(status)
    })
  }

  it('others do not find it, to read, change or delete', async () => {
    for (const [asker, other] of [
      ['analyst', 'operator.thai-nguyen'],
      ['operator.thai-nguyen', 'analyst'],
      ['peer hub', 'analyst'],
    ] as const) {
      const answers = [
        await send(asker, at(other)),
        await send(asker, at(other), 'PATCH', { isActive: false }),
        await send(asker, at(other), 'DELETE'),
      ]
      expect(answers.map(({ status }) => status)).to.deep.equal([404, 404, 404])
      expect((await send(asker, SUBSCRIPTIONS)).text).not.to.include(`urn:s:${other}`)
      const { headers } = await send(asker, `${SUBSCRIPTIONS}?limit=0&count=true`)
      expect(headers['ngsild-results-count']).to.equal(asker === 'peer hub' ? '0' : '1')
    }
    expect((await send('analyst', at('analyst'))).body.status).to.equal('active')
  })

  it('its owner reads and changes it', async () => {
    const answer = await send('analyst', at('analyst'), 'PATCH', { throttling: 5 })
    expect(answer.status, answer.text).to.equal(204)
    expect((await send('analyst', SUBSCRIPTIONS)).body.map(({ id }: { id: string }) => id)).to.deep.equal([
      'urn:s:analyst',
    ])
  })

  it('the data-protection officer reads all, and changes none of others', async () => {
    expect((await send('dpo', SUBSCRIPTIONS)).body).to.have.length(2)
    expect((await send('dpo', at('analyst'))).status).to.equal(200)
    expect((await send('dpo', at('analyst'), 'PATCH', { isActive: false })).status).to.equal(403)
  })

  it('nobody else reads more of its endpoint than the server', async () => {
    const hub = '/hub/v1/subscriptions'
    const whole = encodeURIComponent('notification[endpoint.uri]=="http://127.0.0.1:9/notify"')
    for (const [asker, uri, found] of [
      ['analyst', 'http://127.0.0.1:9/notify', 1],
      ['dpo', 'http://127.0.0.1:9/***', 0],
    ] as const) {
      const read = [(await send(asker, at('analyst'))).body, (await send(asker, `${hub}/urn:s:analyst`)).body]
      const listed = [...(await send(asker, SUBSCRIPTIONS)).body, ...(await send(asker, hub)).body]
      for (const { notification } of [...read, ...listed])
        expect(notification.endpoint).to.deep.equal({ uri })
      expect((await send(asker, `${hub}?q=${whole}`)).body).to.have.length(found)
    }
  })

  it('who runs the hub pauses it and ends it, but never says what it sends, or where to', async () => {
    expect((await send('administrator', at('analyst'), 'PATCH', { isActive: false })).status).to.equal(204)
    expect((await send('analyst', at('analyst'))).body.status).to.equal('paused')
    for (const fragment of [
      { notification: { endpoint: { uri: 'http://elsewhere.example/' } } },
      { entities: [{ type: 'ServiceRequest' }] },
      { q: null },
      { isActive: true, description: 'Mine' },
    ]) {
      const { status } = await send('administrator', at('analyst'), 'PATCH', fragment)
      expect(status, JSON.stringify(fragment)).to.equal(403)
    }
    const delivery = `/hub/v1/subscriptions/urn:s:analyst/delivery`
    const put = { method: 'PUT', body: { template: '$' } } as const
    expect((await hubs.send(hubs.city, 'administrator', delivery, put)).status).to.equal(403)
    expect((await hubs.send(hubs.city, 'operator.thai-nguyen', delivery, put)).status).to.equal(404)
    const { notification, entities, status } = (await send('analyst', at('analyst'))).body
    expect([notification, entities, status]).to.deep.equal([
      body('').notification,
      body('').entities,
      'paused',
    ])
    expect((await send('analyst', at('analyst'), 'PATCH', { isActive: true })).status).to.equal(204)
  })

  it('no answer tells whose it is', async () => {
    const { text } = await send('dpo', `${at('analyst')}?options=sysAttrs`)
    expect(text).not.to.match(/owner|delegat|sealed|claims/)
  })

  it('nobody takes the room of others', async () => {
    expect(await create('analyst', 'urn:s:second')).to.equal(201)
    expect(await create('analyst', 'urn:s:third')).to.equal(429)
    expect(await create('operator.thai-nguyen', 'urn:s:of-another')).to.equal(201)
    expect(
      (await send('analyst', `${SUBSCRIPTIONS}/urn:s:second`, 'PATCH', { throttling: 5 })).status,
    ).to.equal(204)
    expect(await create('analyst', 'urn:s:third')).to.equal(429)
    for (const id of ['second', 'of-another'])
      expect((await send('dpo', `${SUBSCRIPTIONS}/urn:s:${id}`, 'DELETE')).status).to.equal(204)
    expect(await create('analyst', 'urn:s:third')).to.equal(201)
    expect((await send('analyst', `${SUBSCRIPTIONS}/urn:s:third`, 'DELETE')).status).to.equal(204)
  })

  it('is not pointed by an update to where personal data in clear would travel without TLS', async () => {
    const property = (value: string) => ({ type: 'Property', value })
    await hubs.load([
      {
        id: 'urn:ngsi-ld:ServiceRequest:told',
        type: 'ServiceRequest',
        requestCode: property('PA-417'),
        status: property('received'),
        reporterPhone: property('0900000417'),
      },
    ])
    const id = `${SUBSCRIPTIONS}/urn:s:clear`
    const request = { ...body('urn:s:clear'), entities: [{ type: 'ServiceRequest' }] }
    const post = { method: 'POST', body: request } as const
    expect((await hubs.send(hubs.city, 'dpo', SUBSCRIPTIONS, post)).status).to.equal(201)
    const patch = async (fragment: object) => (await send('dpo', id, 'PATCH', fragment)).status
    const open = { uri: 'http://example.org/notify' }
    const context = { jsonldContext: 'https://example.org/not-kept.jsonld' }
    expect(await patch({ notification: { endpoint: open } })).to.equal(403)
    expect(await patch({ notification: { endpoint: open }, ...context })).to.equal(403)
    expect((await send('dpo', id)).body.notification.endpoint).to.deep.equal(request.notification.endpoint)
    // without it, or with TLS, it may
    expect(await patch({ notification: { endpoint: open, omit: ['reporterPhone'] } })).to.equal(204)
    expect(await patch({ notification: { endpoint: open } })).to.equal(403)
    expect(await patch({ entities: [{ type: 'AirQualityObserved' }] })).to.equal(204)
    expect(await patch({ notification: { endpoint: open } })).to.equal(204)
    expect(await patch({ entities: [{ type: 'ServiceRequest' }] })).to.equal(403)
    expect(await patch({ isActive: false })).to.equal(204)
    expect(await patch({ notification: { endpoint: { uri: 'https://example.org/notify' } } })).to.equal(204)
    expect((await send('dpo', id, 'DELETE')).status).to.equal(204)
  })

  it('who may delete all deletes those of others', async () => {
    expect(await create('analyst', 'urn:s:short')).to.equal(201)
    expect((await send('dpo', `${SUBSCRIPTIONS}/urn:s:short`, 'DELETE')).status).to.equal(204)
  })
})
