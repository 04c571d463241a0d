import { expect } from 'chai'
import { type Asker, type SecuredHubs, startSecuredHubs } from './secured-hubs.ts'

const property = (value: unknown) => ({ type: 'Property', value })

describe('e2e: 5.7.5 to 5.7.10 Discovery shows what the caller may know of', () => {
  let hubs: SecuredHubs
  before(async () => {
    hubs = await startSecuredHubs()
    const report = {
      id: 'urn:ngsi-ld:ServiceRequest:thai-nguyen:discovery-1',
      type: 'ServiceRequest',
      status: property('received'),
      reporterPhone: property('0900000711'),
    }
    await hubs.load([report])
  })
  after(() => hubs.stop())

  const get = (asker: Asker, path: string) => hubs.send(hubs.city, asker, `/ngsi-ld/v1${path}`)

  it('counts for who sees everything', async () => {
    expect((await get('dpo', '/types/ServiceRequest')).body).to.include({ entityCount: 1 })
    expect((await get('dpo', '/attributes/reporterPhone')).body).to.include({ attributeCount: 1 })
  })

  it('tells who sees persons under pseudonyms of the attribute, and counts nothing', async () => {
    const { status, body } = await get('analyst', '/attributes/reporterPhone')
    expect(status).to.equal(200)
    expect(body.typeNames).to.deep.equal(['ServiceRequest'])
    expect(body).to.not.have.property('attributeCount')
    expect((await get('analyst', '/types/ServiceRequest')).body).to.not.have.property('entityCount')
  })

  it('tells the public nothing of an attribute that it never sees', async () => {
    expect((await get('public', '/attributes/status')).status).to.equal(200)
    expect((await get('public', '/attributes/reporterPhone')).status).to.equal(404)
    for (const path of [
      '/attributes',
      '/attributes?details=true',
      '/types?details=true',
      '/types/ServiceRequest',
    ]) {
      const { status, text } = await get('public', path)
      expect(status, path).to.equal(200)
      expect(text, path).to.contain('status').and.not.contain('reporterPhone')
    }
  })

  it('tells at the province what the city tells the same caller, and no more', async () => {
    const at = (asker: Asker, path: string) => hubs.send(hubs.province, asker, `/ngsi-ld/v1${path}`)
    const whole = await at('dpo', '/types/ServiceRequest')
    expect(whole.text).to.contain('reporterPhone')
    // the city counts nothing for a hub that asks for somebody, so that there is no sum
    expect(whole.body).to.not.have.property('entityCount')
    expect((await at('dpo', '/types/ServiceRequest?local=true')).status).to.equal(404)
    expect((await at('analyst', '/types/ServiceRequest')).body).to.not.have.property('entityCount')
    expect((await at('public', '/attributes/status')).body.typeNames).to.deep.equal(['ServiceRequest'])
    expect((await at('public', '/attributes/reporterPhone')).status).to.equal(404)
    for (const path of ['/attributes', '/attributes?details=true', '/types?details=true'])
      expect((await at('public', path)).text, path)
        .to.contain('status')
        .and.not.contain('reporterPhone')
  })

  it('tells strangers nothing at all', async () => {
    for (const path of ['/types', '/types/ServiceRequest', '/attributes', '/attributes/status'])
      expect((await get('anonymous', path)).status, path).to.equal(401)
  })
})
