import { expect } from 'chai'
import { startTestHub, type TestHub } from '../support/hub.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const ID = 'urn:t:room'

describe('HTTP: answers that are remembered', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core' })
  })
  beforeEach(() => put(1))
  after(() => hub.stop())

  const room = (level: number, more: object = {}) => ({
    id: ID,
    type: 'Room',
    level: { type: 'Property', value: level },
    ...more,
  })
  async function put(level: number, more: object = {}, headers: Record<string, string> = {}): Promise<void> {
    const path = '/ngsi-ld/v1/entityOperations/upsert'
    const { status } = await hub.send(path, { method: 'POST', body: [room(level, more)], headers })
    expect(status).to.be.oneOf([201, 204])
  }
  const get = (search = '', headers: Record<string, string> = {}) =>
    hub.send(`${ENTITIES}/${ID}${search}`, { headers })
  const level = async (search = '', headers: Record<string, string> = {}) =>
    (await get(search, headers)).body?.level?.value

  it('are the same as those before, header by header, under an id of their own', async () => {
    const [first, second] = [await get(), await get()]
    const { 'x-request-id': one, date: _, ...headers } = first.headers
    const { 'x-request-id': other, date: __, ...again } = second.headers
    expect(again).to.deep.equal(headers)
    expect(second.text).to.equal(first.text)
    expect(other).to.match(/^[0-9a-f-]{36}$/)
    expect(other).to.not.equal(one)
    expect((await get('', { 'X-Request-Id': 'of-the-client' })).headers['x-request-id']).to.equal(
      'of-the-client',
    )
  })

  it('tell caches in between what they depend on, like every other answer', async () => {
    const first = await get()
    const tag = String(first.headers.etag)
    const answers = [first, await get(), await get('', { 'If-None-Match': tag })]
    const refused = [await get('', { Accept: 'image/png' }), await hub.send(`${ENTITIES}/urn:t:none`)]
    expect([...answers, ...refused].map(({ status }) => status)).to.deep.equal([200, 200, 304, 406, 404])
    for (const { status, headers } of [...answers, ...refused]) {
      const names = String(headers.vary).split(', ')
      expect(names, String(status)).to.include.members([
        'Accept',
        'Authorization',
        'Link',
        'Prefer',
        'NGSILD-Tenant',
      ])
    }
  })

  it('end with each kind of change', async () => {
    const changes = [
      () => put(2),
      () => hub.send(`${ENTITIES}/${ID}/attrs/level`, { method: 'PATCH', body: { value: 3 } }),
      () => hub.send(`${ENTITIES}/${ID}`, { method: 'PUT', body: room(4) }),
      () => hub.send(`${ENTITIES}/${ID}/attrs`, { method: 'POST', body: { level: room(5).level } }),
    ]
    for (const [at, change] of changes.entries()) {
      expect(await level()).to.equal(at + 1)
      expect(await level()).to.equal(at + 1)
      await change()
      expect(await level()).to.equal(at + 2)
    }
    await hub.send(`${ENTITIES}/${ID}`, { method: 'DELETE' })
    expect((await get()).status).to.equal(404)
    expect((await get()).status).to.equal(404)
  })

  it('end when what they show expires', async () => {
    await put(1, {
      wet: { type: 'Property', value: true, expiresAt: new Date(Date.now() + 300).toISOString() },
    })
    expect((await get()).body).to.have.property('wet')
    expect((await get()).body).to.have.property('wet')
    await new Promise((resolve) => setTimeout(resolve, 350))
    expect((await get()).body).to.not.have.property('wet')
  })

  it('are those of the same representation, context and tenant only', async () => {
    await put(7, {}, { 'NGSILD-Tenant': 'other' })
    for (let times = 0; times < 2; times++) {
      expect((await get('?format=simplified')).body.level).to.equal(1)
      expect((await get('', { Accept: 'application/ld+json' })).body).to.have.property('@context')
      expect((await get()).body).to.not.have.property('@context')
      expect(await level('', { 'NGSILD-Tenant': 'other' })).to.equal(7)
      expect((await get('', { 'NGSILD-Tenant': 'nowhere' })).status).to.equal(404)
      expect((await get('', { 'NGSILD-Tenant': '!' })).status).to.equal(400)
      expect(await level()).to.equal(1)
    }
  })

  it('are not given to requests that are refused', async () => {
    await get()
    expect((await get('?page=1')).status).to.equal(400)
    expect((await get('', { Accept: 'image/png' })).status).to.equal(406)
    const link = '<http://a.example/c>; rel="http://www.w3.org/ns/json-ld#context"'
    expect((await get('', { Link: `${link}, ${link}` })).status).to.equal(400)
  })

  it('end when a context source is registered that may know more', async () => {
    await get()
    await get()
    const registration = {
      type: 'ContextSourceRegistration',
      endpoint: 'http://127.0.0.1:9/',
      information: [{ entities: [{ type: 'Room', id: ID }] }],
    }
    const { headers } = await hub.send('/ngsi-ld/v1/csourceRegistrations', {
      method: 'POST',
      body: registration,
    })
    expect((await get()).headers).to.have.property('ngsild-warning')
    await hub.send(String(headers.location), { method: 'DELETE' })
    expect((await get()).headers).to.not.have.property('ngsild-warning')
  })

  it('are not those of a request that came through a source, which is not asked then', async () => {
    const { headers } = await hub.send('/ngsi-ld/v1/csourceRegistrations', {
      method: 'POST',
      body: {
        type: 'ContextSourceRegistration',
        contextSourceAlias: 'far',
        endpoint: 'http://127.0.0.1:9/',
        information: [{ entities: [{ type: 'Room', id: ID }] }],
      },
    })
    for (let times = 0; times < 2; times++) {
      expect((await get('', { Via: '1.1 far' })).headers).to.not.have.property('ngsild-warning')
      expect((await get()).headers).to.have.property('ngsild-warning')
    }
    await hub.send(String(headers.location), { method: 'DELETE' })
  })

  it('follow a hosted @context that is deleted and added anew', async () => {
    const add = (iri: string) =>
      hub.send('/ngsi-ld/v1/jsonldContexts', { method: 'POST', body: { '@context': { deep: iri } } })
    const { headers } = await add('https://uri.etsi.org/ngsi-ld/default-context/level')
    const url = `${hub.url}${headers.location}`
    const link = { Link: `<${url}>; rel="http://www.w3.org/ns/json-ld#context"` }
    for (let times = 0; times < 2; times++) expect((await get('', link)).body).to.have.property('deep')
    await hub.send(String(headers.location), { method: 'DELETE' })
    expect((await get('', link)).status).to.not.equal(200)
  })
})
