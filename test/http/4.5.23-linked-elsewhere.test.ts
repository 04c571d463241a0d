import { expect } from 'chai'
import type { JsonObject } from '../../broker/core/model/json.ts'
import { startTestHub, type TestAnswer, type TestHub } from '../support/hub.ts'
import { type Source, sendJson, startSource } from '../unit/federation/support.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const STOP: JsonObject = { id: 'urn:stop:1', type: 'Stop', place: { type: 'Property', value: 'Market' } }

describe('4.5.23 Linked entities of other hubs', () => {
  let hub: TestHub
  let source: Source
  let broken = false
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core', name: 'province' })
    source = await startSource((_, response) => {
      if (broken) response.writeHead(403).end()
      else sendJson(response, [STOP])
    })
    await created('/ngsi-ld/v1/csourceRegistrations', {
      type: 'ContextSourceRegistration',
      contextSourceAlias: 'city',
      endpoint: source.endpoint,
      information: [{ entities: [{ type: 'Stop' }] }],
    })
    const at = (object: string, members: object = {}) => ({ type: 'Relationship', object, ...members })
    await created(ENTITIES, { id: 'urn:b:1', type: 'Bus', at: at('urn:stop:1', { objectType: 'Stop' }) })
    await created(ENTITIES, { id: 'urn:b:2', type: 'Bus', at: at('urn:stop:1') })
    await created(ENTITIES, { id: 'urn:b:3', type: 'Bus', at: at('urn:depot:1', { objectType: 'Depot' }) })
    await created(ENTITIES, { id: 'urn:depot:1', type: 'Depot', place: 'Hill' })
    await created(ENTITIES, { id: 'urn:stop:1', type: 'Stop', roof: true })
  })
  beforeEach(() => {
    broken = false
  })
  after(async () => {
    await source.close()
    await hub.stop()
  })

  async function created(path: string, body: object): Promise<void> {
    const { status, text } = await hub.send(path, { method: 'POST', body })
    expect(status, text).to.equal(201)
  }
  /** How often the source was asked for linked entities; a retrieval asks it for the entity itself, too. */
  const linkedAsked = () => source.asked.filter(({ method }) => method === 'POST').length
  const get = (search: string) => hub.send(`${ENTITIES}${search}`)
  const warnings = ({ headers }: TestAnswer) => [headers['ngsild-warning']].flat().join()
  const WHOLE = { id: 'urn:stop:1', type: 'Stop', place: 'Market', roof: true }
  const SIMPLE = 'format=simplified'

  it('come along where the relationship says of which type they are, put together with what is here', async () => {
    const asked = linkedAsked()
    const inline = await get(`/urn:b:1?join=inline&${SIMPLE}`)
    expect(inline.body.at).to.deep.equal(WHOLE)
    const flat = await get(`/urn:b:1?join=flat&${SIMPLE}`)
    expect(flat.body.slice(1)).to.deep.equal([WHOLE])
    const page = await get(`?type=Bus&join=inline&${SIMPLE}`)
    expect(page.body[0].at).to.deep.equal(WHOLE)
    expect(linkedAsked() - asked).to.equal(3)
    expect(warnings(page)).to.equal('')
  })

  it('are of this hub alone without the type, for a local request, and where nobody else may know them', async () => {
    const asked = linkedAsked()
    const here = { id: 'urn:stop:1', type: 'Stop', roof: true }
    expect((await get(`/urn:b:2?join=inline&${SIMPLE}`)).body.at).to.deep.equal(here)
    expect((await get(`/urn:b:1?join=inline&local=true&${SIMPLE}`)).body.at).to.deep.equal(here)
    const local = await get(`?type=Bus&join=inline&local=true&${SIMPLE}`)
    expect(local.body.map(({ at }: { at: { place?: string } }) => at.place)).to.deep.equal([
      undefined,
      undefined,
      'Hill',
    ])
    expect((await get(`/urn:b:3?join=inline&${SIMPLE}`)).body.at.place).to.equal('Hill')
    expect(linkedAsked()).to.equal(asked)
  })

  it('are not remembered: each reader is answered by the source', async () => {
    const asked = linkedAsked()
    for (let times = 0; times < 2; times++) await get(`?type=Bus&id=urn:b:1&join=inline&${SIMPLE}`)
    expect(linkedAsked() - asked).to.equal(2)
    broken = true
    const answer = await get(`?type=Bus&id=urn:b:1&join=inline&${SIMPLE}`)
    expect(answer.status).to.equal(200)
    expect(answer.body[0].at).to.deep.equal({ id: 'urn:stop:1', type: 'Stop', roof: true })
    expect(warnings(answer)).to.match(/^299 province "Source city answered with status 403"$/)
  })
})
