import { expect } from 'chai'
import { ENTITIES, useApi } from '../support/api.ts'
import { micros } from '../support/micros.ts'

describe('5.6.18 Replace Entity', () => {
  const api = useApi()
  const replace = (id: string, body: unknown, query = '') =>
    api.write('PUT', `${ENTITIES}/${id}${query}`, body)

  it('puts the new content in place of all of the old', async () => {
    await api.create('urn:r:1', {
      type: ['Room', 'Hall'],
      scope: '/A',
      a: { value: 1, unitCode: 'CEL' },
      b: 1,
    })
    const answer = await replace('urn:r:1', { id: 'urn:r:1', type: 'Shed', a: 2 })
    expect([answer.status, answer.text]).to.deep.equal([204, ''])
    expect(await api.read('urn:r:1')).to.deep.equal({
      id: 'urn:r:1',
      type: 'Shed',
      a: { type: 'Property', value: 2 },
    })
  })

  it('keeps createdAt of the entity', async () => {
    await api.create('urn:r:2', { a: 1 })
    const before = await api.read('urn:r:2', '?options=sysAttrs')
    await replace('urn:r:2', { type: 'Room', b: 1 })
    const after = await api.read('urn:r:2', '?options=sysAttrs')
    expect(after.createdAt).to.equal(before.createdAt)
    expect(micros(after.modifiedAt)).to.be.greaterThan(micros(before.modifiedAt))
    expect(after).to.not.have.property('a')
  })

  it('finds the entity by its new content and no more by the old', async () => {
    await api.create('urn:r:3', { type: 'Old', a: 1 })
    await replace('urn:r:3', { type: 'New', a: 2 })
    expect(await api.ids('type=Old')).to.deep.equal([])
    expect(await api.ids('type=New&q=a==1')).to.deep.equal([])
    expect(await api.ids('type=New&q=a==2')).to.deep.equal(['urn:r:3'])
  })

  it('changes nothing of an entity whose type is another than the type parameter', async () => {
    await api.create('urn:r:4', { a: 1 })
    await api.refused(replace('urn:r:4', { type: 'Hall' }, '?type=Hall'), 404, 'ResourceNotFound')
    expect(await api.read('urn:r:4')).to.include.keys('a')
  })

  it('refuses another id, NGSI-LD Null, a body without type, and an absent entity', async () => {
    await api.create('urn:r:5', { a: 1 })
    for (const body of [
      { id: 'urn:r:6', type: 'Room' },
      { type: 'Room', a: 'urn:ngsi-ld:null' },
      { type: 'Room', a: { value: { b: 'urn:ngsi-ld:null' } } },
      { a: 2 },
    ])
      await api.refused(replace('urn:r:5', body), 400, 'BadRequestData')
    await api.refused(replace('urn:r:none', { type: 'Room' }), 404, 'ResourceNotFound')
    await api.absent('urn:r:none')
    expect(await api.read('urn:r:5', '?format=simplified')).to.deep.equal({
      id: 'urn:r:5',
      type: 'Room',
      a: 1,
    })
  })
})
