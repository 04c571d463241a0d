import { expect } from 'chai'
import { startTestHub, type TestHub } from '../support/hub.ts'

const CORE = /ngsi-ld-core-context/
const ID = 'urn:ngsi-ld:Plain:1'

describe('5.5.5 Default @context assignment', () => {
  let plain: TestHub
  let urban: TestHub
  before(async () => {
    ;[plain, urban] = await Promise.all([startTestHub(), startTestHub({ 'context.default': 'ontology' })])
    const body = { id: ID, type: 'ServiceRequest', category: { type: 'Property', value: 'light' } }
    for (const hub of [plain, urban]) {
      expect((await hub.send('/ngsi-ld/v1/entities', { method: 'POST', body })).status).to.equal(201)
    }
  })
  after(() => Promise.all([plain.stop(), urban.stop()]))

  const read = (hub: TestHub, accept: string, query = '') =>
    hub.send(`/ngsi-ld/v1/entities/${ID}${query}`, { headers: { Accept: accept } })

  it('is the core @context alone unless one is configured', async () => {
    const answer = await read(plain, 'application/ld+json')
    expect(answer.body['@context']).to.match(CORE)
    expect((await read(plain, 'application/json')).headers.link).to.match(CORE)
    const types = await plain.send('/ngsi-ld/v1/types')
    expect(types.body.typeList).to.deep.equal(['ServiceRequest'])
    const full = encodeURIComponent('https://uri.etsi.org/ngsi-ld/default-context/ServiceRequest')
    expect((await plain.send(`/ngsi-ld/v1/entities?type=${full}`)).body).to.have.length(1)
  })

  it('is the configured one when there is one, and never for a request that names its own', async () => {
    const answer = await read(urban, 'application/ld+json')
    expect(answer.body['@context']).to.contain('/ontology/')
    const core = 'https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.9.jsonld'
    const Link = `<${core}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"`
    const own = await urban.send(`/ngsi-ld/v1/entities/${ID}`, { headers: { Link } })
    expect(own.body).to.not.have.property('category')
    expect(own.body.type).to.match(/^https:/)
  })
})
