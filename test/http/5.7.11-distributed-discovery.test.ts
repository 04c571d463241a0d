import { expect } from 'chai'
import { startTestHub, type TestHub } from '../support/hub.ts'
import { type Source, sendJson, startSource } from '../unit/federation/support.ts'

const ROOT = '/ngsi-ld/v1'
const DEFAULT = 'https://uri.etsi.org/ngsi-ld/default-context/'

/** What a city answers to each question; paths without an answer are not found there. */
const CITY: Readonly<Record<string, unknown>> = {
  '/types': { id: 'urn:l:1', type: 'EntityTypeList', typeList: ['Bus', `${DEFAULT}Tram`, 'Spy'] },
  '/types?details=true': [
    { id: `${DEFAULT}Bus`, type: 'EntityType', typeName: 'Bus', attributeNames: ['speed', 'line'] },
    { id: `${DEFAULT}Spy`, type: 'EntityType', typeName: 'Spy', attributeNames: ['gadget'] },
  ],
  '/types/Bus': {
    id: `${DEFAULT}Bus`,
    type: 'EntityTypeInfo',
    typeName: 'Bus',
    entityCount: 5,
    attributeDetails: [
      {
        id: `${DEFAULT}speed`,
        type: 'Attribute',
        attributeName: 'speed',
        attributeTypes: ['Property', 'Odd'],
      },
    ],
  },
  '/attributes': { id: 'urn:l:2', type: 'AttributeList', attributeList: ['speed', 'seats'] },
  '/attributes?details=true': [
    { id: `${DEFAULT}speed`, type: 'Attribute', attributeName: 'speed', typeNames: ['Bus', 'Spy'] },
    { id: `${DEFAULT}seats`, type: 'Attribute', attributeName: 'seats' },
  ],
  '/attributes/speed': {
    id: `${DEFAULT}speed`,
    type: 'Attribute',
    attributeName: 'speed',
    attributeCount: 7,
    attributeTypes: ['Property'],
    typeNames: ['Bus'],
  },
}

describe('5.7.11 Discovery asks the sources that offer it', () => {
  let hub: TestHub
  let city: Source
  let answers = CITY
  before(async () => {
    city = await startSource((_, response, url) => {
      const key = `${url.pathname.slice(ROOT.length)}${url.search}`
      const body = answers[key]
      if (body === undefined) response.writeHead(404).end()
      else if (typeof body === 'number') response.writeHead(body).end()
      else sendJson(response, body)
    })
    hub = await startTestHub({ 'context.default': 'core', name: 'province' })
    const body = { id: 'urn:b:1', type: 'Bus', speed: 1, colour: { type: 'Relationship', object: 'urn:c:1' } }
    await hub.send(`${ROOT}/entities`, { method: 'POST', body })
    await register('city', { information: [{ entities: [{ type: 'Bus' }, { type: 'Tram' }] }] })
    await register('reads-only', { operations: ['retrieveOps'], endpoint: 'http://127.0.0.1:9' })
  })
  afterEach(() => {
    answers = CITY
    ;(city.asked as unknown[]).length = 0
  })
  after(() => Promise.all([hub.stop(), city.close()]))

  async function register(name: string, members: object): Promise<void> {
    const { status, text } = await hub.send(`${ROOT}/csourceRegistrations`, {
      method: 'POST',
      body: {
        id: `urn:r:${name}`,
        type: 'ContextSourceRegistration',
        contextSourceAlias: name,
        endpoint: city.endpoint,
        information: [{ entities: [{ type: 'Bus' }] }],
        ...members,
      },
    })
    expect(status, text).to.equal(201)
  }

  const get = async (path: string) => {
    const { status, body, headers, text } = await hub.send(`${ROOT}${path}`)
    expect(status, text).to.equal(200)
    expect(headers, String(headers['ngsild-warning'])).to.not.have.property('ngsild-warning')
    return body
  }

  it('5.7.5 lists their types too, and of those only what they registered', async () => {
    expect((await get('/types')).typeList).to.deep.equal(['Bus', 'Tram'])
    const [asked] = city.asked
    expect(asked?.headers.via).to.equal('1.1 province')
  })

  it('5.7.6 puts the attributes of a type together', async () => {
    expect(await get('/types?details=true')).to.deep.equal([
      {
        id: `${DEFAULT}Bus`,
        type: 'EntityType',
        typeName: 'Bus',
        attributeNames: ['colour', 'line', 'speed'],
      },
    ])
  })

  it('5.7.7 adds up the entities of a type, as an estimate', async () => {
    const { entityCount, attributeDetails } = await get('/types/Bus')
    expect(entityCount).to.equal(6)
    const kinds = attributeDetails.map((each: { attributeName: string; attributeTypes: unknown }) => [
      each.attributeName,
      each.attributeTypes,
    ])
    expect(kinds).to.deep.equal([
      ['colour', ['Relationship']],
      ['speed', ['Property']],
    ])
    answers = { '/types/Bus': { ...(CITY['/types/Bus'] as object), entityCount: undefined } }
    expect(await get('/types/Bus')).to.not.have.property('entityCount')
  })

  it('5.7.8 lists attributes, also those whose types are not told', async () => {
    expect((await get('/attributes')).attributeList).to.deep.equal(['colour', 'seats', 'speed'])
    const found: readonly { attributeName: string; typeNames: unknown }[] =
      await get('/attributes?details=true')
    expect(found.map(({ attributeName, typeNames }) => [attributeName, typeNames])).to.deep.equal([
      ['colour', ['Bus']],
      ['seats', []],
      ['speed', ['Bus']],
    ])
  })

  it('5.7.10 tells of an attribute wherever it is', async () => {
    const { attributeCount, attributeTypes, typeNames } = await get('/attributes/speed')
    expect([attributeCount, attributeTypes, typeNames]).to.deep.equal([8, ['Property'], ['Bus']])
  })

  it('asks nobody with local=true, nor for what nobody registered', async () => {
    expect((await get('/types?local=true')).typeList).to.deep.equal(['Bus'])
    expect((await get('/types/Bus?local=true')).entityCount).to.equal(1)
    expect((await hub.send(`${ROOT}/types/Spy`)).status).to.equal(404)
    expect(city.asked).to.deep.equal([])
  })

  it('answers without a source that fails, and warns', async () => {
    const FAILING = [
      ['/types', 503, '299 province "Source city answered with status 503"'],
      ['/types', { typeList: [5] }, '111 province "Source city answered with something that is no NGSI-LD"'],
      ['/types?details=true', {}, '111 province "Source city answered with something that is no NGSI-LD"'],
    ] as const
    for (const [path, body, warning] of FAILING) {
      answers = { [path]: body }
      const { status, headers, body: own } = await hub.send(`${ROOT}${path}`)
      expect([status, headers['ngsild-warning']]).to.deep.equal([200, warning])
      expect(JSON.stringify(own)).to.contain('Bus')
    }
    answers = { '/types/Tram': 500 }
    const none = await hub.send(`${ROOT}/types/Tram`)
    expect([none.status, none.headers['ngsild-warning']]).to.deep.equal([
      404,
      '299 province "Source city answered with status 500"',
    ])
  })
})
