import { expect } from 'chai'
import { ENTITIES, OPERATIONS, useApi } from '../support/api.ts'

describe('6.3.20 Invalid parameters', () => {
  const api = useApi()
  before(() => api.create('urn:i:1', { a: 1 }))
  const room = { id: 'urn:i:2', type: 'Room' }

  describe('refuses a parameter that the operation does not have, and does nothing', () => {
    for (const [method, path, body] of [
      ['POST', ENTITIES, room],
      ['GET', ENTITIES],
      ['GET', `${ENTITIES}/urn:i:1`],
      ['PUT', `${ENTITIES}/urn:i:1`, { type: 'Room' }],
      ['PATCH', `${ENTITIES}/urn:i:1`, { a: 2 }],
      ['DELETE', `${ENTITIES}/urn:i:1`],
      ['DELETE', ENTITIES],
      ['POST', `${ENTITIES}/urn:i:1/attrs`, { a: 2 }],
      ['PATCH', `${ENTITIES}/urn:i:1/attrs`, { a: 2 }],
      ['PATCH', `${ENTITIES}/urn:i:1/attrs/a`, { value: 2 }],
      ['PUT', `${ENTITIES}/urn:i:1/attrs/a`, { value: 2 }],
      ['DELETE', `${ENTITIES}/urn:i:1/attrs/a`],
      ['POST', `${OPERATIONS}/create`, [room]],
      ['POST', `${OPERATIONS}/upsert`, [room]],
      ['POST', `${OPERATIONS}/update`, [{ id: 'urn:i:1', a: 2 }]],
      ['POST', `${OPERATIONS}/merge`, [{ id: 'urn:i:1', a: 2 }]],
      ['POST', `${OPERATIONS}/delete`, ['urn:i:1']],
      ['POST', `${OPERATIONS}/query`, { type: 'Query', q: 'a' }],
      ['GET', '/ngsi-ld/v1/types'],
      ['GET', '/ngsi-ld/v1/attributes'],
      ['GET', '/ngsi-ld/v1/jsonldContexts'],
    ] as const) {
      it(`${method} ${path}`, async () => {
        await api.refused(api.write(method, `${path}?page=2`, body), 400, 'InvalidRequest', /page/)
        expect(await api.read('urn:i:1', '?format=simplified')).to.deep.equal({
          id: 'urn:i:1',
          type: 'Room',
          a: 1,
        })
        await api.absent('urn:i:2')
      })
    }
  })

  describe('refuses values that no parameter of the kind has', () => {
    for (const text of [
      'options=unknown',
      'options=sysAttrs,unknown',
      'format=xml',
      'local=True',
      'local=1',
      'count=yes',
      'type=Room&type=Hall',
      'limit=&limit=1',
      'limit=&limit=a&limit=b',
      'expandvalues=a',
    ])
      it(`?${text}`, () =>
        api.refused(api.send(`${ENTITIES}?type=Room&${text}`), 400, 'InvalidRequest').then(() => undefined))
  })

  it('lets format win over options', async () => {
    const { body } = await api.send(`${ENTITIES}/urn:i:1?format=concise&options=keyValues,sysAttrs`)
    expect(body.a).to.have.all.keys('value', 'createdAt', 'modifiedAt')
  })

  it('takes an empty value for none', async () => {
    expect(await api.ids('type=Room&q=&idPattern=')).to.deep.equal(['urn:i:1'])
  })
})
