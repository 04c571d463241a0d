import { expect } from 'chai'
import { type Asker, type SecuredHubs, startSecuredHubs } from './secured-hubs.ts'

const CONTEXTS = '/ngsi-ld/v1/jsonldContexts'
const DOCUMENT = { '@context': { speed: 'https://example.org/speed' } }

describe('e2e: @contexts under the policies of the demonstration', () => {
  let hubs: SecuredHubs
  let location = ''
  const ask = async (asker: Asker, path: string, method: 'GET' | 'POST' | 'DELETE' = 'GET') => {
    const request = { method, ...(method === 'POST' && { body: DOCUMENT }) }
    return hubs.send(hubs.city, asker, path, request)
  }

  before(async () => {
    hubs = await startSecuredHubs()
    const { status, headers, text } = await ask('operator.thai-nguyen', CONTEXTS, 'POST')
    expect(status, text).to.equal(201)
    location = String(headers.location)
  })
  after(() => hubs.stop())

  for (const asker of ['anonymous', 'public', 'analyst', 'peer hub', 'operator.song-cong'] as const) {
    it(`${asker} reads and lists them, and neither adds nor deletes any`, async () => {
      expect((await ask(asker, location)).body).to.deep.equal(DOCUMENT)
      expect((await ask(asker, CONTEXTS)).text).to.include(location)
      const status = asker === 'anonymous' ? 401 : 403
      expect((await ask(asker, CONTEXTS, 'POST')).status).to.equal(status)
      expect((await ask(asker, location, 'DELETE')).status).to.equal(status)
      // what is not there is no different: nobody learns ids by trying to delete them
      expect((await ask(asker, `${CONTEXTS}/0417`, 'DELETE')).status).to.equal(status)
      expect((await ask(asker, location)).status).to.equal(200)
    })
  }

  it('who may add them may delete them', async () => {
    expect((await ask('operator.thai-nguyen', location, 'DELETE')).status).to.equal(204)
    expect((await ask('anonymous', location)).status).to.equal(404)
  })
})
