import { expect } from 'chai'
import { ENTITIES, useApi } from '../support/api.ts'

describe('5.6.5 Delete Attribute', () => {
  const api = useApi()
  const remove = (id: string, attribute: string, query = '') =>
    api.send(`${ENTITIES}/${id}/attrs/${attribute}${query}`, { method: 'DELETE' })
  const instances = {
    a: [{ value: 1 }, { value: 2, datasetId: 'urn:d:one' }, { value: 3, datasetId: 'urn:d:two' }],
  }

  it('takes away the default instance only', async () => {
    await api.create('urn:d:1', { ...instances, kept: 1 })
    const answer = await remove('urn:d:1', 'a')
    expect([answer.status, answer.text]).to.deep.equal([204, ''])
    expect(await api.read('urn:d:1', '?format=simplified')).to.deep.equal({
      id: 'urn:d:1',
      type: 'Room',
      a: { dataset: { 'urn:d:one': 2, 'urn:d:two': 3 } },
      kept: 1,
    })
    await api.refused(remove('urn:d:1', 'a'), 404, 'ResourceNotFound')
  })

  it('takes away the instance of a datasetId', async () => {
    await api.create('urn:d:2', instances)
    expect((await remove('urn:d:2', 'a', '?datasetId=urn:d:one')).status).to.equal(204)
    expect((await api.read('urn:d:2', '?format=simplified')).a).to.deep.equal({
      dataset: { '@none': 1, 'urn:d:two': 3 },
    })
    await api.refused(remove('urn:d:2', 'a', '?datasetId=urn:d:one'), 404, 'ResourceNotFound')
  })

  it('takes away all instances with deleteAll', async () => {
    await api.create('urn:d:3', { ...instances, kept: 1 })
    expect((await remove('urn:d:3', 'a', '?deleteAll=true')).status).to.equal(204)
    expect(await api.read('urn:d:3')).to.have.all.keys('id', 'type', 'kept')
  })

  it('takes away the instance without a datasetId for @none, and refuses what is no URI', async () => {
    await api.create('urn:d:8', { ...instances })
    expect((await remove('urn:d:8', 'a', '?datasetId=@none')).status).to.equal(204)
    await api.refused(remove('urn:d:8', 'a', '?datasetId=@none'), 404, 'ResourceNotFound')
    await api.refused(remove('urn:d:8', 'a', '?datasetId=one'), 400, 'BadRequestData', /datasetId/)
    expect((await api.read('urn:d:8')).a).to.have.length(2)
  })

  it('takes away the scope', async () => {
    await api.create('urn:d:4', { scope: ['/A', '/B'], kept: 1 })
    expect((await remove('urn:d:4', 'scope')).status).to.equal(204)
    expect(await api.read('urn:d:4')).to.have.all.keys('id', 'type', 'kept')
    await api.refused(remove('urn:d:4', 'scope'), 404, 'ResourceNotFound')
  })

  it('leaves the entity when its last attribute goes', async () => {
    await api.create('urn:d:5', { a: 1 })
    expect((await remove('urn:d:5', 'a')).status).to.equal(204)
    expect(await api.read('urn:d:5')).to.deep.equal({ id: 'urn:d:5', type: 'Room' })
  })

  it('changes nothing of an entity whose type is another than the type parameter', async () => {
    await api.create('urn:d:6', { a: 1 })
    await api.refused(remove('urn:d:6', 'a', '?type=Hall'), 404, 'ResourceNotFound')
    expect(await api.read('urn:d:6')).to.have.property('a')
  })

  it('refuses what is no name or no id, an absent attribute and an absent entity', async () => {
    await api.create('urn:d:7', { a: 1 })
    for (const [id, name, query] of [
      ['urn:d:7', '1a', ''],
      ['urn:d:7', 'a%3Cb', ''],
      ['', 'a', ''],
      ['d', 'a', ''],
    ] as const)
      await api.refused(remove(id, name, query), 400, 'BadRequestData')
    await api.refused(remove('urn:d:7', 'a', '?deleteAll=yes'), 400, 'InvalidRequest')
    await api.refused(remove('urn:d:7', 'b'), 404, 'ResourceNotFound')
    await api.refused(remove('urn:d:none', 'a'), 404, 'ResourceNotFound')
    expect(await api.read('urn:d:7')).to.have.property('a')
  })
})
