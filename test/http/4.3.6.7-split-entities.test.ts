import { expect } from 'chai'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { bus, type Source, sendJson, startSource } from '../unit/federation/support.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const QUERY = '/ngsi-ld/v1/entityOperations/query'

describe('4.3.6.7 Entities in parts at several hubs', () => {
  let hub: TestHub
  let source: Source
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core', name: 'province' })
    source = await startSource((_, response) => sendJson(response, [bus('urn:b:1', 60)]))
    await created('/ngsi-ld/v1/csourceRegistrations', {
      type: 'ContextSourceRegistration',
      contextSourceAlias: 'city',
      endpoint: source.endpoint,
      information: [{ entities: [{ type: 'Bus' }] }],
    })
    await created(ENTITIES, { id: 'urn:b:1', type: 'Bus', line: 1 })
    await created(ENTITIES, { id: 'urn:b:2', type: 'Bus', line: 1 })
  })
  after(async () => {
    await source.close()
    await hub.stop()
  })

  async function created(path: string, body: object): Promise<void> {
    const { status, text } = await hub.send(path, { method: 'POST', body })
    expect(status, text).to.equal(201)
  }
  const asked = (name: string) => source.asked.at(-1)?.url.searchParams.get(name)

  it('sends no filter and filters what it put together, by parameter and by body', async () => {
    const q = 'speed>50;line==1'
    const answers = [
      await hub.send(`${ENTITIES}?type=Bus&splitEntities=true&attrs=speed&q=${encodeURIComponent(q)}`),
      await hub.send(QUERY, {
        method: 'POST',
        body: { type: 'Query', entities: [{ type: 'Bus' }], splitEntities: true, q },
      }),
    ]
    for (const { status, body } of answers) {
      expect(status).to.equal(200)
      expect(body.map(({ id }: { id: string }) => id)).to.deep.equal(['urn:b:1'])
      expect(body[0].speed.value).to.equal(60)
    }
    for (const { url } of source.asked) expect([...url.searchParams.keys()]).to.not.include.members(['q'])
    for (const { url } of source.asked) expect([...url.searchParams.keys()]).to.not.include.members(['attrs'])
  })

  it('sends filters by default: sources are taken to have whole entities', async () => {
    await hub.send(`${ENTITIES}?type=Bus&scopeQ=${encodeURIComponent('/a')}&q=line==1`)
    expect([asked('q'), asked('scopeQ')]).to.deep.equal(['line==1', '/a'])
  })

  it('is without effect where only this hub answers', async () => {
    const before = source.asked.length
    const { body } = await hub.send(`${ENTITIES}?type=Bus&splitEntities=true&local=true&q=line==1`)
    expect(body).to.have.length(2)
    expect(source.asked).to.have.length(before)
  })

  it('refuses what is neither true nor false', async () => {
    expect((await hub.send(`${ENTITIES}?type=Bus&splitEntities=1`)).status).to.equal(400)
    const body = { type: 'Query', entities: [{ type: 'Bus' }], splitEntities: 'yes' }
    expect((await hub.send(QUERY, { method: 'POST', body })).status).to.equal(400)
  })
})
