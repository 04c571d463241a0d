import { expect } from 'chai'
import { ENTITIES, useApi } from '../support/api.ts'

describe('5.6.19 Replace Attribute', () => {
  const api = useApi()
  const DATASET = 'urn:ra:dataset'
  const replace = (id: string, name: string, body: unknown, query = '') =>
    api.write('PUT', `${ENTITIES}/${id}/attrs/${name}${query}`, body)

  it('puts the new instance in place of the old, of which createdAt is left', async () => {
    await api.create('urn:ra:1', { a: { value: 1, unitCode: 'CEL', by: 'one' }, kept: 1 })
    const before = await api.read('urn:ra:1', '?options=sysAttrs')
    const answer = await replace('urn:ra:1', 'a', { type: 'Property', value: 2 })
    expect([answer.status, answer.text]).to.deep.equal([204, ''])
    const after = await api.read('urn:ra:1', '?options=sysAttrs')
    expect(after.a).to.deep.equal({
      type: 'Property',
      value: 2,
      createdAt: before.a.createdAt,
      modifiedAt: after.modifiedAt,
    })
    expect(after.kept).to.deep.equal(before.kept)
  })

  it('touches only the instance with the datasetId that is given', async () => {
    await api.create('urn:ra:2', { a: [{ value: 1 }, { value: 2, datasetId: DATASET }] })
    expect((await replace('urn:ra:2', 'a', { value: 3, datasetId: DATASET })).status).to.equal(204)
    expect((await replace('urn:ra:2', 'a', { value: 4 })).status).to.equal(204)
    expect((await api.read('urn:ra:2', '?format=simplified')).a).to.deep.equal({
      dataset: { '@none': 4, [DATASET]: 3 },
    })
    await api.refused(replace('urn:ra:2', 'a', { value: 5, datasetId: 'urn:ra:x' }), 404, 'ResourceNotFound')
  })

  it('lets the kind of the attribute change', async () => {
    await api.create('urn:ra:3', { a: 1 })
    expect((await replace('urn:ra:3', 'a', { type: 'Relationship', object: 'urn:ra:1' })).status).to.equal(
      204,
    )
    expect((await api.read('urn:ra:3')).a).to.deep.equal({ type: 'Relationship', object: 'urn:ra:1' })
  })

  it('changes nothing of an entity whose type is another than the type parameter', async () => {
    await api.create('urn:ra:4', { a: 1 })
    await api.refused(replace('urn:ra:4', 'a', { value: 2 }, '?type=Hall'), 404, 'ResourceNotFound')
    expect((await api.read('urn:ra:4', '?format=simplified')).a).to.equal(1)
  })

  it('refuses NGSI-LD Null, a body without value, the scope, an absent attribute and an absent entity', async () => {
    await api.create('urn:ra:5', { a: 1, scope: '/A' })
    for (const [name, body] of [
      ['a', { value: 'urn:ngsi-ld:null' }],
      ['a', { unitCode: 'CEL' }],
      ['scope', { value: '/B' }],
      ['1a', { value: 1 }],
    ] as const)
      await api.refused(replace('urn:ra:5', name, body), 400, 'BadRequestData')
    await api.refused(replace('urn:ra:5', 'b', { value: 1 }), 404, 'ResourceNotFound')
    await api.refused(replace('urn:ra:none', 'a', { value: 1 }), 404, 'ResourceNotFound')
    expect(await api.read('urn:ra:5', '?format=simplified')).to.include({ a: 1, scope: '/A' })
  })
})
