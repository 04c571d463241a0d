import { expect } from 'chai'
import { ENTITIES, useApi } from '../support/api.ts'
import { micros } from '../support/micros.ts'

describe('5.6.6 Delete Entity', () => {
  const api = useApi()
  const remove = (id: string, query = '') => api.send(`${ENTITIES}/${id}${query}`, { method: 'DELETE' })

  it('answers 204, and the entity is gone from retrievals and queries', async () => {
    await api.create('urn:e:1')
    await api.create('urn:e:2')
    const answer = await remove('urn:e:1')
    expect([answer.status, answer.text]).to.deep.equal([204, ''])
    expect(answer.headers).to.not.have.any.keys('content-type', 'content-length', 'link')
    await api.absent('urn:e:1')
    expect(await api.ids('type=Room')).to.deep.equal(['urn:e:2'])
  })

  it('lets the id be used again, for a new entity with nothing of the old one', async () => {
    await api.create('urn:e:3', { a: 1 })
    const { createdAt } = await api.read('urn:e:3', '?options=sysAttrs')
    await remove('urn:e:3')
    await api.create('urn:e:3', { type: 'Hall' })
    const again = await api.read('urn:e:3', '?options=sysAttrs')
    expect(again).to.have.all.keys('id', 'type', 'createdAt', 'modifiedAt')
    expect(micros(again.createdAt)).to.be.greaterThan(micros(createdAt))
  })

  it('leaves an entity whose type is another than the type parameter', async () => {
    await api.create('urn:e:4')
    await api.refused(remove('urn:e:4', '?type=Hall'), 404, 'ResourceNotFound')
    expect((await api.read('urn:e:4')).id).to.equal('urn:e:4')
    expect((await remove('urn:e:4', '?type=Room')).status).to.equal(204)
  })

  it('refuses an absent entity and an id that is no URI', async () => {
    await api.refused(remove('urn:e:none'), 404, 'ResourceNotFound')
    await api.refused(remove('none'), 400, 'BadRequestData')
  })
})
