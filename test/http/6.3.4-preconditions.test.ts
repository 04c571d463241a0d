import { request as rawRequest } from 'node:http'
import { expect } from 'chai'
import { startTestHub, type TestHub } from '../support/hub.ts'

const ENTITIES = '/ngsi-ld/v1/entities'
const JSON_ = 'application/json'
const LD = 'application/ld+json'
const GEO = 'application/geo+json'

/** Accept header, and the representation that it gets of an entity. */
const AGREED: readonly (readonly [string | undefined, string])[] = [
  [undefined, JSON_],
  ['', JSON_],
  ['*/*', JSON_],
  ['application/*', JSON_],
  [LD, LD],
  [GEO, GEO],
  [`${LD}, ${JSON_}`, JSON_],
  [`${GEO}, ${LD}`, LD],
  [`${LD}, */*`, JSON_],
  [`${JSON_};q=0.5, ${LD}`, LD],
  [`${JSON_};q=0.5, ${LD};q=0.5`, JSON_],
  [`${GEO};q=0.9, ${LD};q=0.8, */*;q=0.1`, GEO],
  [`${JSON_};q=0, */*`, LD],
  [`${JSON_};q=0, ${LD};q=0, application/*;q=0.1`, GEO],
  [`text/html, application/xhtml+xml, */*;q=0.8`, JSON_],
  [`${LD};profile="http://www.w3.org/ns/json-ld#compacted"`, LD],
  [`${LD};profile="a,b;q=0";q=1`, LD],
  [`${JSON_};charset=utf-8`, JSON_],
  ['APPLICATION/LD+JSON', LD],
  [`${JSON_};Q=0.1, ${LD};q=0.2`, LD],
  [`${LD};q=2, ${JSON_}`, JSON_],
]

/** Accept headers that leave nothing. */
const REFUSED = [
  'text/html',
  `${JSON_};q=0`,
  '*/*;q=0',
  `${LD};q=0.0, ${JSON_};q=0, ${GEO};q=0.000`,
  'application/cbor',
  'json',
]

describe('6.3.4 HTTP request preconditions', () => {
  let hub: TestHub
  before(async () => {
    hub = await startTestHub({ 'context.default': 'core', 'limits.bodyBytes': 2048 })
    const body = { id: 'urn:p:1', type: 'Room', a: 1 }
    expect((await hub.send(ENTITIES, { method: 'POST', body })).status).to.equal(201)
  })
  after(() => hub.stop())
  const accepting = (accept: string | undefined) => (accept === undefined ? {} : { headers: { accept } })
  const typeOf = async (path: string, accept: string | undefined) =>
    (await hub.send(path, accepting(accept))).headers['content-type']

  describe('answers in the type that fits best, in the order of the standard where weights are equal', () => {
    for (const [accept, type] of AGREED) {
      it(`answers ${type} to Accept: ${accept ?? '(none)'}`, async () => {
        expect(await typeOf(`${ENTITIES}/urn:p:1`, accept)).to.equal(type)
        expect(await typeOf(`${ENTITIES}?type=Room`, accept)).to.equal(type)
        const headers = { 'content-type': JSON_, ...(accept !== undefined && { accept }) }
        const body = { type: 'Query', entities: [{ type: 'Room' }] }
        const posted = await hub.send('/ngsi-ld/v1/entityOperations/query', { method: 'POST', body, headers })
        expect(posted.headers['content-type']).to.equal(type)
      })
    }
  })

  describe('answers 406 that lists what there is', () => {
    for (const accept of REFUSED) {
      it(`has nothing for Accept: ${accept}, and says what there is`, async () => {
        const answer = await hub.send(`${ENTITIES}/urn:p:1`, accepting(accept))
        expect(answer.status).to.equal(406)
        expect(answer.headers['content-type']).to.equal(JSON_)
        expect(answer.body.available).to.include.members([JSON_, LD, GEO])
        expect(answer.headers).not.to.have.property('link')
      })
    }
  })

  it('has GeoJSON of entities only', async () => {
    for (const path of [
      '/ngsi-ld/v1/types',
      '/ngsi-ld/v1/attributes',
      '/ngsi-ld/v1/csourceRegistrations?type=T',
    ]) {
      const alone = await hub.send(path, accepting(GEO))
      expect([path, alone.status]).to.deep.equal([path, 406])
      expect(alone.body.available).not.to.include(GEO)
      expect(await typeOf(path, `${GEO}, ${LD};q=0.1`)).to.equal(LD)
    }
  })

  describe('of requests with a body', () => {
    const create = (
      headers: Readonly<Record<string, string>>,
      body: string | object = { id: 'urn:p:no', type: 'Room' },
    ) => hub.send(ENTITIES, { method: 'POST', body, headers })

    for (const type of [
      'text/plain',
      'application/xml',
      'application/merge-patch+json',
      'application/jsonx',
      GEO,
    ]) {
      it(`answers a bare 415 to a POST of type ${type}`, async () => {
        const { status, text, headers } = await create({ 'content-type': type })
        expect([status, text]).to.deep.equal([415, ''])
        expect(headers).not.to.have.property('content-type')
      })
    }

    it('takes merge patches as JSON where they patch', async () => {
      const headers = { 'content-type': 'application/merge-patch+json; charset=utf-8' }
      const answer = await hub.send(`${ENTITIES}/urn:p:1`, { method: 'PATCH', body: { a: 2 }, headers })
      expect(answer.status, answer.text).to.equal(204)
    })

    it('answers a bare 411 without Content-Length, whatever the method', async () => {
      for (const [method, path] of [
        ['POST', ENTITIES],
        ['PUT', `${ENTITIES}/urn:p:1`],
        ['PATCH', `${ENTITIES}/urn:p:1/attrs`],
      ] as const)
        expect(await chunked(hub, method, path)).to.deep.equal([411, ''])
    })

    it('answers 413 to a body over the limit, with the limit', async () => {
      const answer = await create({}, { id: 'urn:p:no', type: 'Room', a: 'x'.repeat(2048) })
      expect(answer.status).to.equal(413)
      expect(answer.body.detail).to.include('2048')
    })

    it('refuses a body with a content coding by a bare 415 that says so', async () => {
      const answer = await create({ 'content-type': JSON_, 'content-encoding': 'gzip' })
      expect([answer.status, answer.text]).to.deep.equal([415, ''])
      expect(answer.headers['accept-encoding']).to.equal('identity')
    })

    it('keeps nothing of what it refused', async () => {
      expect((await hub.send(`${ENTITIES}/urn:p:no`)).status).to.equal(404)
    })
  })
})

/** Sends a body of unknown length. */
function chunked(hub: TestHub, method: string, path: string): Promise<readonly [number | undefined, string]> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': JSON_, 'transfer-encoding': 'chunked' }
    const request = rawRequest(`${hub.url}${path}`, { method, headers })
    request.on('error', reject)
    request.on('response', (answer) => {
      let text = ''
      answer.on('data', (part) => {
        text += part
      })
      answer.on('end', () => resolve([answer.statusCode, text]))
    })
    request.end('{}')
  })
}
