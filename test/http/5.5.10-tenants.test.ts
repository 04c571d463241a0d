import { expect } from 'chai'
import { ENTITIES, OPERATIONS, useApi } from '../support/api.ts'

describe('5.5.10 Multi-Tenant Behaviour', () => {
  const api = useApi()
  const of = (tenant: string) => ({ 'NGSILD-Tenant': tenant })
  const room = { id: 'urn:t:1', type: 'Room', a: 1 }

  it('keeps what one tenant holds from all others and from the default tenant', async () => {
    await api.create('urn:t:1', { a: 1 }, of('health'))
    await api.create('urn:t:1', { a: 2 }, of('water'))
    await api.absent('urn:t:1')
    expect((await api.read('urn:t:1', '?format=simplified', of('health'))).a).to.equal(1)
    expect((await api.read('urn:t:1', '?format=simplified', of('water'))).a).to.equal(2)
    expect(await api.ids('type=Room')).to.deep.equal([])
    await api.send(`${ENTITIES}/urn:t:1`, { method: 'DELETE', headers: of('water') })
    expect(await api.ids('type=Room', of('health'))).to.deep.equal(['urn:t:1'])
  })

  it('creates a tenant when an entity or a batch of entities is created', async () => {
    expect((await api.write('POST', ENTITIES, room, of('first'))).status).to.equal(201)
    expect((await api.write('POST', `${OPERATIONS}/create`, [room], of('second'))).status).to.equal(201)
    for (const tenant of ['first', 'second']) expect(await api.ids('type=Room', of(tenant))).to.have.length(1)
  })

  describe('answers NonexistentTenant to every other operation, and creates none', () => {
    for (const [method, path, body] of [
      ['GET', `${ENTITIES}?type=Room`],
      ['GET', `${ENTITIES}/urn:t:1`],
      ['PUT', `${ENTITIES}/urn:t:1`, { type: 'Room' }],
      ['PATCH', `${ENTITIES}/urn:t:1`, { a: 1 }],
      ['DELETE', `${ENTITIES}/urn:t:1`],
      ['DELETE', `${ENTITIES}?type=Room`],
      ['POST', `${ENTITIES}/urn:t:1/attrs`, { a: 1 }],
      ['DELETE', `${ENTITIES}/urn:t:1/attrs/a`],
      ['POST', `${OPERATIONS}/update`, [{ id: 'urn:t:1', a: 1 }]],
      ['POST', `${OPERATIONS}/merge`, [{ id: 'urn:t:1', a: 1 }]],
      ['POST', `${OPERATIONS}/delete`, ['urn:t:1']],
      ['POST', `${OPERATIONS}/query`, { type: 'Query', q: 'a' }],
      ['GET', '/ngsi-ld/v1/types'],
      ['GET', '/ngsi-ld/v1/attributes'],
    ] as const) {
      it(`${method} ${path}`, async () => {
        await api.refused(api.write(method, path, body, of('nowhere')), 404, 'NonexistentTenant')
        await api.refused(
          api.send(`${ENTITIES}?type=Room`, { headers: of('nowhere') }),
          404,
          'NonexistentTenant',
        )
      })
    }
  })
})
