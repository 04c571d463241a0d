import { expect } from 'chai'
import type { JsonObject } from '../../broker/core/model/json.ts'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { bus, type Source, sendJson, startSource } from '../unit/federation/support.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const REGISTRATIONS = '/ngsi-ld/v1/csourceRegistrations'

describe('4.3.6.3 Modes of registrations, over HTTP', () => {
  let hub: TestHub
  let number = 0
  const sources: Source[] = []
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core', name: 'province' })
  })
  afterEach(async () => {
    for (const source of sources.splice(0)) await source.close()
  })
  after(() => hub.stop())

  async function created(path: string, body: object): Promise<void> {
    const { status, text } = await hub.send(path, { method: 'POST', body })
    expect(status, text).to.equal(201)
  }
  const keep = (id: string, type: string, members: object) =>
    created(`${ENTITIES}?local=true`, { id, type, ...members })

  /** Registers a source that answers these entities, to those who ask for one of them or for all. */
  async function register(entities: readonly JsonObject[], members: object): Promise<Source> {
    const source = await startSource((_, response, url) => {
      const id = decodeURIComponent(url.pathname.split('/entities/')[1] ?? '')
      const one = entities.find((entity) => entity.id === id)
      if (id === '') return sendJson(response, entities)
      if (one) return sendJson(response, one)
      response.writeHead(404).end()
    })
    sources.push(source)
    await created(REGISTRATIONS, {
      id: `urn:r:${++number}`,
      type: 'ContextSourceRegistration',
      endpoint: source.endpoint,
      ...members,
    })
    return source
  }

  const query = async (search: string) => hub.send(`${ENTITIES}?${search}`)
  const ids = (body: readonly { readonly id: string }[]) => body.map(({ id }) => id)

  it('nothing that an exclusive source has is shown from here or found here, on any page or by counting', async () => {
    for (let at = 0; at < 5; at++) await keep(`urn:b:${at}`, 'Bus', { line: at })
    for (const at of [0, 2, 4]) {
      await register(at === 4 ? [] : [bus(`urn:b:${at}`, at)], {
        mode: 'exclusive',
        information: [{ entities: [{ type: 'Bus', id: `urn:b:${at}` }], propertyNames: ['speed'] }],
      })
      // what was written before the registration, or beside it
      await hub.send(`${ENTITIES}/urn:b:${at}/attrs?local=true`, { method: 'POST', body: { speed: 99 } })
    }
    const { body } = await query('type=Bus')
    expect(body.map((entity: JsonObject) => [entity.id, (entity.speed as JsonObject)?.value])).to.deep.equal([
      ['urn:b:0', 0],
      ['urn:b:1', undefined],
      ['urn:b:2', 2],
      ['urn:b:3', undefined],
      ['urn:b:4', undefined],
    ])
    expect(ids((await query('type=Bus&q=speed==99')).body)).to.deep.equal([])
    expect(ids((await query('type=Bus&q=speed==2')).body)).to.deep.equal(['urn:b:2'])
    const found: string[] = []
    for (let offset = 0; offset < 4; offset++) {
      const page = await query(`type=Bus&q=!speed&limit=1&count=true&offset=${offset}`)
      expect(page.headers['ngsild-results-count']).to.equal('3')
      found.push(...ids(page.body))
    }
    expect(found).to.deep.equal(['urn:b:1', 'urn:b:3', 'urn:b:4'])
    const one = await hub.send(`${ENTITIES}/urn:b:4`)
    expect(one.body).to.have.keys('id', 'type', 'line')
    expect((await hub.send(`${ENTITIES}/urn:b:4?local=true`)).body).to.have.property('speed')
  })

  it('an entity is remembered as it was only until it becomes a matter of a source', async () => {
    await keep('urn:t:1', 'Tram', { line: 1 })
    for (let times = 0; times < 2; times++)
      expect((await hub.send(`${ENTITIES}/urn:t:1`)).status).to.equal(200)
    expect((await query('type=Tram')).body).to.have.length(1)
    await hub.send(`${ENTITIES}/urn:t:1?local=true`, { method: 'DELETE' })
    await register([], { mode: 'redirect', information: [{ entities: [{ type: 'Tram' }] }] })
    await keep('urn:t:1', 'Tram', { line: 1 })
    expect((await hub.send(`${ENTITIES}/urn:t:1`)).status).to.equal(404)
    expect((await query('type=Tram&count=true')).body).to.deep.equal([])
    expect((await query('type=Tram&count=true')).headers['ngsild-results-count']).to.equal('0')
    expect((await query('type=Tram&local=true')).body).to.have.length(1)
    const exported = await hub.send(`${ENTITIES}?type=Tram`, { headers: { Accept: 'application/x-ndjson' } })
    expect(exported.status).to.equal(400)
  })

  it('a source that does not answer keeps nobody waiting but those who ask for what it may have', async () => {
    const asked: string[] = []
    const silent = await startSource((_, __, url) => void asked.push(url.searchParams.get('type') ?? ''))
    sources.push(silent)
    await created(REGISTRATIONS, {
      type: 'ContextSourceRegistration',
      endpoint: silent.endpoint,
      information: [{ entities: [{ type: 'Boat' }] }],
      management: { timeout: 5000 },
    })
    await register([{ ...bus('urn:f:1', 9), type: 'Ferry' }], {
      information: [{ entities: [{ type: 'Ferry' }] }],
    })
    const order: string[] = []
    // on a connection of its own
    const boats = fetch(`${hub.url}${ENTITIES}?type=Boat`).then(() => void order.push('Boat'))
    while (asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    const ferries = await query('type=Ferry')
    order.push('Ferry')
    expect(ids(ferries.body)).to.deep.equal(['urn:f:1'])
    await silent.close()
    await boats
    expect(order).to.deep.equal(['Ferry', 'Boat'])
  })

  it('4.3.6.2 an auxiliary source helps out, whoever has the entity', async () => {
    const car = (id: string): JsonObject => ({
      ...bus(id, 7),
      type: 'Car',
      doors: { type: 'Property', value: 4 },
    })
    await keep('urn:c:1', 'Car', { speed: 1 })
    await register([car('urn:c:1'), car('urn:c:2')], {
      mode: 'auxiliary',
      operations: ['retrieveOps'],
      information: [{ entities: [{ type: 'Car' }] }],
    })
    const { body } = await query('type=Car&format=simplified')
    expect(body).to.deep.equal([
      { id: 'urn:c:1', type: 'Car', speed: 1, doors: 4 },
      { id: 'urn:c:2', type: 'Car', speed: 7, doors: 4 },
    ])
    expect((await hub.send(`${ENTITIES}/urn:c:1?format=simplified`)).body).to.deep.equal(body[0])
    expect(ids((await query('type=Car&q=speed==7')).body)).to.deep.equal(['urn:c:2'])
  })
})
