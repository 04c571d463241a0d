import { expect } from 'chai'
import { ENTITIES, OPERATIONS, useApi } from '../support/api.ts'

describe('6.3.14 Tenant specification', () => {
  const api = useApi()
  const of = (tenant: string) => ({ 'NGSILD-Tenant': tenant })

  it('says the tenant in the answer to a request that names one, also in refusals', async () => {
    const body = { id: 'urn:t:1', type: 'Room' }
    for (const [answer, status] of [
      [await api.write('POST', ENTITIES, body, of('health')), 201],
      [await api.send(`${ENTITIES}/urn:t:1`, { headers: of('health') }), 200],
      [await api.send(`${ENTITIES}/urn:t:1`, { method: 'DELETE', headers: of('health') }), 204],
      [await api.send(`${ENTITIES}/urn:t:1`, { headers: of('health') }), 404],
      [await api.write('POST', `${OPERATIONS}/delete`, ['urn:t:1'], of('health')), 207],
    ] as const) {
      expect(answer.status).to.equal(status)
      expect(answer.headers['ngsild-tenant']).to.equal('health')
    }
    expect(
      (await api.send(`${ENTITIES}?type=Room`, { headers: of('nowhere') })).headers['ngsild-tenant'],
    ).to.equal('nowhere')
  })

  it('says none when the request names none', async () => {
    expect((await api.send(`${ENTITIES}?type=Room`)).headers).to.not.have.property('ngsild-tenant')
  })

  it('tells tenants apart by the letter', async () => {
    await api.create('urn:t:2', {}, of('Case'))
    await api.refused(api.send(`${ENTITIES}/urn:t:2`, { headers: of('case') }), 404, 'NonexistentTenant')
  })

  it('refuses names that could lead out of the store', async () => {
    for (const name of ['../x', 'a/b', '.hidden', 'a b', '%2e', 'x'.repeat(65)])
      await api.refused(
        api.write('POST', ENTITIES, { id: 'urn:t:3', type: 'Room' }, of(name)),
        400,
        'BadRequestData',
      )
  })
})
