import { expect } from 'chai'
import { DEFAULT_TENANT } from '../../broker/core/model/tenant.ts'
import { startTestHub, type TestHub, type TestRequest } from '../support/hub.ts'

const SUBSCRIPTIONS = '/ngsi-ld/v1/subscriptions'
const CITY = 'https://example.org/city/'

const endpoint = { uri: 'http://receiver.example:9/notify' }
const whole = { type: 'Subscription', entities: [{ type: 'Bus' }], notification: { endpoint } }
const FUTURE = '2099-01-01T00:00:00Z'

describe('5.8.2 Update Subscription', () => {
  let hub: TestHub
  let number = 0
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core' })
  })
  after(() => hub.stop())

  const at = (id: string, rest = '') => `${SUBSCRIPTIONS}/${id}${rest}`
  const patch = (id: string, body: object, request: Partial<TestRequest> = {}) =>
    hub.send(at(id), { method: 'PATCH', body, ...request })
  const read = async (id: string, rest = '') => {
    const { body, status, text } = await hub.send(at(id, rest))
    expect(status, text).to.equal(200)
    return body
  }

  async function created(members: object = {}): Promise<string> {
    const id = `urn:s:${++number}`
    const body = { ...whole, id, ...members }
    const { status, text } = await hub.send(SUBSCRIPTIONS, { method: 'POST', body })
    expect(status, text).to.equal(201)
    return id
  }

  async function changed(id: string, body: object): Promise<void> {
    const answer = await patch(id, body)
    expect(answer.status, answer.text).to.equal(204)
    expect(answer.text).to.equal('')
  }

  it('replaces members as a whole, adds others, and leaves the rest', async () => {
    const id = await created({
      subscriptionName: 'Buses',
      q: 'speed>1',
      notification: { endpoint, format: 'concise', pick: ['id', 'speed'] },
    })
    await changed(id, {
      description: 'New',
      entities: [{ type: 'Tram' }],
      notification: { endpoint: { uri: 'http://other.example/' }, omit: ['speed'] },
    })
    const { jsonldContext: _, ...members } = await read(id)
    expect(members).to.deep.equal({
      id,
      type: 'Subscription',
      subscriptionName: 'Buses',
      description: 'New',
      entities: [{ type: 'Tram' }],
      q: 'speed>1',
      notificationTrigger: ['attributeCreated', 'attributeUpdated'],
      notification: { endpoint: { uri: 'http://other.example/' }, omit: ['speed'] },
      status: 'active',
    })
  })

  it('takes members away that are null', async () => {
    const id = await created({ q: 'speed>1', throttling: 5, watchedAttributes: ['speed'], lang: 'vi' })
    await changed(id, { q: null, throttling: 'urn:ngsi-ld:null', watchedAttributes: null })
    expect(await read(id)).to.include({ lang: 'vi' })
    expect(await read(id)).not.to.have.any.keys('q', 'throttling', 'watchedAttributes')
  })

  it('expands names by the @context of the fragment', async () => {
    const id = await created()
    const Link = `<${(await read(await created())).jsonldContext}>; rel="http://www.w3.org/ns/json-ld#context"`
    await patch(
      id,
      { watchedAttributes: ['speed'], '@context': { speed: `${CITY}speed` } },
      { headers: { 'Content-Type': 'application/ld+json' } },
    )
    expect((await hub.send(at(id), { headers: { Link } })).body.watchedAttributes).to.deep.equal([
      `${CITY}speed`,
    ])
  })

  it('says anew which values q expands, without q', async () => {
    const id = await created({ q: 'kind==a;speed>5' })
    await changed(id, { expandValues: 'kind,colour' })
    expect(await read(id)).to.include({ q: 'kind==a;speed>5', expandValues: 'kind,colour' })
    await changed(id, { expandValues: null })
    expect(await read(id)).to.include({ q: 'kind==a;speed>5' })
  })

  it('takes a merge patch', async () => {
    const id = await created()
    const headers = { 'Content-Type': 'application/merge-patch+json' }
    expect((await patch(id, { lang: 'vi' }, { headers })).status).to.equal(204)
    expect((await read(id)).lang).to.equal('vi')
  })

  it('changes modifiedAt, and not createdAt', async () => {
    const id = await created()
    const before = await read(id, '?options=sysAttrs')
    await changed(id, { lang: 'vi' })
    const { createdAt, modifiedAt } = await read(id, '?options=sysAttrs')
    expect(createdAt).to.equal(before.createdAt)
    expect(Date.parse(modifiedAt)).to.be.at.least(Date.parse(before.modifiedAt))
    expect(await read(id)).not.to.have.any.keys('createdAt', 'modifiedAt')
  })

  const BAD: readonly (readonly [string, object, object?])[] = [
    ['the removal of the notification', { notification: null }],
    ['the removal of the endpoint', { notification: { format: 'keyValues', endpoint: null } }],
    ['a notification without endpoint', { notification: { format: 'keyValues' } }],
    ['the removal of the type', { type: null }],
    ['the removal of the id', { id: null }],
    ['another id', { id: 'urn:s:other' }],
    ['the removal of all that selects', { entities: null }],
    ['a past expiresAt', { expiresAt: '2020-08-01T22:07:00Z' }],
    ['a past expiresAt, active or not', { expiresAt: '2020-08-01T22:07:00Z', isActive: false }],
    ['throttling beside a timeInterval', { throttling: 1 }, { timeInterval: 5 }],
    ['a bad q', { q: '((' }],
    ['pick that looks further than the join', { notification: { endpoint, pick: ['line{name}'] } }],
    ['a fragment that is no object', []],
  ]
  describe('refuses a fragment that leaves it not as 5.2.12 has it, and changes nothing', () => {
    for (const [name, fragment, members = {}] of BAD) {
      it(name, async () => {
        const id = await created(members)
        const before = await read(id, '?options=sysAttrs')
        const { status, body } = await patch(id, fragment)
        expect([status, body.type]).to.deep.equal([400, 'https://uri.etsi.org/ngsi-ld/errors/BadRequestData'])
        expect(await read(id, '?options=sysAttrs')).to.deep.equal(before)
      })
    }
  })

  it('refuses an unknown id, and one that is no URI', async () => {
    expect((await patch('urn:s:unknown', { lang: 'vi' })).status).to.equal(404)
    expect((await patch('unknown', { lang: 'vi' })).status).to.equal(400)
    expect((await hub.send(`${SUBSCRIPTIONS}/`, { method: 'PATCH', body: {} })).status).to.equal(405)
  })

  it('refuses a jsonldContext that does not answer', async () => {
    const id = await created()
    const { status } = await patch(id, { jsonldContext: 'http://127.0.0.1:9/context.jsonld' })
    expect(status).to.equal(504)
  })

  const STATUS: readonly (readonly [string, object, object, string])[] = [
    ['a paused one that is made active', { isActive: false }, { isActive: true }, 'active'],
    [
      'one that is made active until later',
      { isActive: false },
      { isActive: true, expiresAt: FUTURE },
      'active',
    ],
    ['an active one that is made inactive', {}, { isActive: false }, 'paused'],
    ['a paused one with a new end', { isActive: false }, { expiresAt: FUTURE }, 'paused'],
    ['an active one with a new end', {}, { expiresAt: FUTURE }, 'active'],
    ['a paused one without isActive', { isActive: false }, { isActive: null }, 'active'],
  ]
  describe('stands as isActive and expiresAt say', () => {
    for (const [name, members, fragment, status] of STATUS) {
      it(`leaves ${name} ${status}`, async () => {
        const id = await created(members)
        await changed(id, fragment)
        expect((await read(id)).status).to.equal(status)
      })
    }
  })

  it('lets an expired one go on with a new end only', async () => {
    const id = await created({ expiresAt: new Date(Date.now() + 300).toISOString() })
    while ((await read(id)).status !== 'expired') await new Promise((resolve) => setTimeout(resolve, 20))
    await changed(id, { isActive: true })
    expect((await read(id)).status).to.equal('expired')
    await changed(id, { isActive: false })
    expect((await read(id)).status).to.equal('expired')
    await changed(id, { expiresAt: FUTURE })
    expect((await read(id)).status).to.equal('active')
  })

  it('shows no credential, and takes none that is hidden for the credential itself', async () => {
    const secret = {
      uri: 'mqtt://me:oak-tree@b.example/t',
      receiverInfo: [{ key: 'X-Token', value: 'elm-tree' }],
    }
    const id = await created({ notification: { endpoint: secret } })
    const { notification } = await read(id)
    expect((await patch(id, { notification })).status).to.equal(400)
    await changed(id, { lang: 'vi' })
    expect(JSON.stringify(await read(id))).not.to.match(/oak-tree|elm-tree/)
    await changed(id, { notification: { endpoint: { ...secret, uri: 'mqtt://me:ash-tree@b.example/t' } } })
    expect((await hub.send(at(id))).text).not.to.match(/oak-tree|elm-tree|ash-tree/)
  })

  it('keeps no @context for an update that is refused', async () => {
    const inline = (id: string, term: string, members: object = {}) =>
      patch(
        id,
        { '@context': { [term]: `${CITY}${term}` }, jsonldContext: null, ...members },
        { headers: { 'Content-Type': 'application/ld+json' } },
      )
    const id = await created()
    expect((await inline('urn:s:nothing', 'Ferry')).status).to.equal(404)
    expect((await inline(id, 'Ferry', { throttling: 'soon' })).status).to.equal(400)
    expect(await keptContexts()).not.to.include('Ferry')
    expect((await inline(id, 'Tram')).status).to.equal(204)
    expect(await keptContexts()).to.include('Tram')
  })

  async function keptContexts(): Promise<string> {
    return JSON.stringify(await hub.running.store.documents(DEFAULT_TENANT, 'context', { limit: 100 }))
  }
})
