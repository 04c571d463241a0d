import { expect } from 'chai'
import { request } from 'undici'
import type { Iri } from '../../broker/core/model/iri.ts'
import type { Store } from '../../broker/store/port/store.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { onMongo } from '../support/store-of-tests.ts'
import { until } from '../support/until.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const ID = 'urn:t:room'
const TYPE = 'https://uri.etsi.org/ngsi-ld/default-context/Room'

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
  /** On a connection of its own. */
  async function askAtOnce(search: string) {
    const answer = await request(`${hub.url}${ENTITIES}?${search}`)
    const text = await answer.body.text()
    return { status: answer.statusCode, text, body: JSON.parse(text) }
  }
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
    const milliseconds = onMongo ? 5000 : 2000
    await put(1, {
      wet: { type: 'Property', value: true, expiresAt: new Date(Date.now() + milliseconds).toISOString() },
    })
    expect((await get()).body).to.have.property('wet')
    expect((await get()).body).to.have.property('wet')
    await new Promise((resolve) => setTimeout(resolve, milliseconds + 50))
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

  it('are read once by those who ask for a page while it is read, and anew by who asks after a commit', async () => {
    const ask = () => askAtOnce('type=Room')
    const held = holdPages(hub.running.store)
    try {
      const early = [ask(), ask(), ask()]
      await until('all of them', () => held.begun === 1 && held.looked >= 3)
      await put(2)
      const late = ask()
      await until('the late one', () => held.begun === 2)
      held.release()
      expect((await late).body).to.deep.equal([room(2)])
      const [one, ...others] = await Promise.all(early)
      expect(one?.body[0].level.value).to.be.oneOf([1, 2])
      for (const { text } of others) expect(text).to.equal(one?.text)
      expect((await ask()).text).to.equal((await late).text)
      expect(held.begun).to.equal(2)
    } finally {
      held.undo()
    }
  })

  it('are not those that could not be read', async () => {
    const ask = () => askAtOnce('type=Room&limit=7')
    const held = holdPages(hub.running.store)
    try {
      const asked = [ask(), ask()]
      await until('both of them', () => held.begun === 1 && held.looked >= 2)
      held.release(new Error('Disk is gone'))
      expect((await Promise.all(asked)).map(({ status }) => status)).to.deep.equal([500, 500])
    } finally {
      held.undo()
    }
    expect((await ask()).body).to.deep.equal([room(1)])
  })
})

/** Keeps back pages of rooms, and counts who begins to read one, and who looks whether one is still right. */
function holdPages(store: Store) {
  const { query, generation } = store
  let release: (error?: Error) => void = () => {}
  const released = new Promise<void>((resolve, reject) => {
    release = (error) => (error ? reject(error) : resolve())
  })
  released.catch(() => {})
  const undo = (): void => {
    release()
    Object.assign(store, { query, generation })
  }
  const held = { begun: 0, looked: 0, release, undo }
  store.query = async (tenant, plan) => {
    if (JSON.stringify(plan.query.types).includes(TYPE)) {
      held.begun++
      await released
    }
    return query.call(store, tenant, plan)
  }
  store.generation = (tenant, types) => {
    if (types?.includes(TYPE as Iri)) held.looked++
    return generation.call(store, tenant, types)
  }
  return held
}
