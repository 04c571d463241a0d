import { expect } from 'chai'
import { startTestHub, type TestHub, type TestRequest } from '../support/hub.ts'

const NEAR = `georel=within&geometry=Polygon&coordinates=${encodeURIComponent('[[[105,21],[106,21],[106,22],[105,21]]]')}`
const ENTITIES = '/ngsi-ld/v1/entities'

/** Each is the first question about places that its hub is asked. */
const FIRST: readonly (readonly [string, string, TestRequest, number])[] = [
  ['query', `${ENTITIES}?type=Tree&local=true&${NEAR}`, {}, 200],
  [
    'query in order of distance',
    `${ENTITIES}?type=Tree&orderBy=location;dist-asc&orderFrom=[105,21]&local=true`,
    {},
    200,
  ],
  [
    'export',
    `${ENTITIES}?type=Tree&local=true&${NEAR}`,
    { headers: { Accept: 'application/x-ndjson' } },
    200,
  ],
  ['purge', `${ENTITIES}?type=Tree&${NEAR}`, { method: 'DELETE' }, 204],
  ['query of registrations', `/ngsi-ld/v1/csourceRegistrations?type=Tree&${NEAR}`, {}, 200],
]

describe('4.10 NGSI-LD Geoquery Language: the geometry engine comes with the first question', () => {
  let hub: TestHub
  beforeEach(async () => {
    hub = await startTestHub({ 'store.kind': 'memory' })
    const value = { type: 'Point', coordinates: [105.8, 21.4] }
    const body = { id: 'urn:t:1', type: 'Tree', location: { type: 'GeoProperty', value } }
    expect((await hub.send(ENTITIES, { method: 'POST', body })).status).to.equal(201)
    const registration = {
      id: 'urn:t:r',
      type: 'ContextSourceRegistration',
      endpoint: 'http://127.0.0.1:9',
      information: [{ entities: [{ type: 'Tree' }] }],
      mode: 'inclusive',
      location: value,
    }
    const registered = await hub.send('/ngsi-ld/v1/csourceRegistrations', {
      method: 'POST',
      body: registration,
    })
    expect(registered.status, registered.text).to.equal(201)
  })
  afterEach(() => hub.stop())

  for (const [name, path, request, expected] of FIRST)
    it(`answers the first: ${name}`, async () => {
      const { status, text } = await hub.send(path, request)
      expect(status, text).to.equal(expected)
      if (status === 200) expect(text).to.contain('urn:t:')
    })
})
