import { expect } from 'chai'
import { ENTITIES, OPERATIONS, useApi } from '../support/api.ts'

describe('5.5.2 Error types', () => {
  const api = useApi()
  before(() => api.create('urn:f:1', { a: 1 }))
  const room = { id: 'urn:f:1', type: 'Room' }
  const LD = { 'Content-Type': 'application/ld+json' }

  describe('tells what is wrong by type and status', () => {
    for (const [type, status, method, path, body, headers] of [
      ['InvalidRequest', 400, 'POST', ENTITIES, '{'],
      ['InvalidRequest', 400, 'POST', ENTITIES, ''],
      ['BadRequestData', 400, 'POST', ENTITIES, { id: 'none', type: 'Room' }],
      ['BadRequestData', 400, 'GET', `${ENTITIES}?q=a==`],
      ['AlreadyExists', 409, 'POST', ENTITIES, room],
      ['ResourceNotFound', 404, 'GET', `${ENTITIES}/urn:f:none`],
      ['ResourceNotFound', 404, 'GET', '/ngsi-ld/v1/nothing'],
      ['NonexistentTenant', 404, 'GET', `${ENTITIES}/urn:f:1`, undefined, { 'NGSILD-Tenant': 'none' }],
      ['TooManyResults', 403, 'GET', `${ENTITIES}?type=Room&limit=1000000`],
      ['TooComplexQuery', 403, 'GET', `${ENTITIES}?q=${Array(200).fill('a').join(';')}`],
      ['LdContextNotAvailable', 504, 'POST', ENTITIES, { ...room, '@context': 'http://127.0.0.1:9/x' }, LD],
      [
        'OperationNotSupported',
        422,
        'GET',
        `/ngsi-ld/v1/jsonldContexts/${encodeURIComponent('https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.9.jsonld')}`,
      ],
    ] as const) {
      it(`${type}: ${method} ${path.slice(0, 60)}`, async () => {
        await api.refused(api.write(method, path, body, headers), status, type)
      })
    }
  })

  it('says type, title, detail and status in every problem document (5.5.3)', async () => {
    for (const [method, path, body] of [
      ['GET', `${ENTITIES}/urn:f:none`],
      ['POST', ENTITIES, '['],
      ['GET', `${ENTITIES}?unknown=1`],
    ] as const) {
      const answer = await api.write(method, path, body)
      expect(answer.body).to.include.all.keys('type', 'title', 'detail', 'status', 'instance')
      expect(answer.body.status).to.equal(answer.status)
      for (const name of ['title', 'detail']) expect(answer.body[name]).to.match(/^\S.*[^.\s]$/)
    }
  })

  it('says them in the errors of a batch too, with the entity', async () => {
    const { status, body } = await api.write('POST', `${OPERATIONS}/create`, [room])
    expect(status).to.equal(207)
    expect(body.errors).to.have.length(1)
    expect(body.errors[0].entityId).to.equal('urn:f:1')
    expect(body.errors[0].error).to.include.all.keys('type', 'title', 'detail', 'status')
  })

  it('does not tell what was sent in values, nor how the hub is built', async () => {
    const secret = 'nguyen-van-x-0900000000'
    const { text } = await api.write(
      'POST',
      ENTITIES,
      `{"id":"urn:f:2","type":"Room","a":{"type":"Property","value":"${secret}"`,
    )
    expect(text).to.not.include(secret)
    expect(text).to.not.match(/node_modules|\bat .*\.js:/)
  })
})
