import { expect } from 'chai'
import { ENTITIES, useApi } from '../support/api.ts'
import { micros } from '../support/micros.ts'

describe('5.6.4 Partial Attribute update', () => {
  const api = useApi()
  const NULL = 'urn:ngsi-ld:null'
  const DATASET = 'urn:p:dataset'

  const change = (id: string, attribute: string, body: unknown, query = '') =>
    api.write('PATCH', `${ENTITIES}/${id}/attrs/${attribute}${query}`, body)
  const attribute = async (id: string, name: string) => (await api.read(id))[name]

  it('overwrites the members that are given and keeps the others', async () => {
    const observedAt = '2026-01-01T00:00:00Z'
    await api.create('urn:p:1', { a: { value: { x: 1, y: 1 }, unitCode: 'CEL', observedAt, by: 'one' } })
    const answer = await change('urn:p:1', 'a', { value: { x: 2 }, by: { value: 'two' } })
    expect([answer.status, answer.text]).to.deep.equal([204, ''])
    expect(await attribute('urn:p:1', 'a')).to.deep.equal({
      type: 'Property',
      value: { x: 2 },
      unitCode: 'CEL',
      observedAt,
      by: { type: 'Property', value: 'two' },
    })
  })

  it('needs no value', async () => {
    await api.create('urn:p:2', { a: 1 })
    expect((await change('urn:p:2', 'a', { unitCode: 'KEL' })).status).to.equal(204)
    expect(await attribute('urn:p:2', 'a')).to.deep.equal({ type: 'Property', value: 1, unitCode: 'KEL' })
  })

  it('reads an object without type and value as members of the attribute, not as its value', async () => {
    await api.create('urn:p:11', { a: { value: { x: 1 }, by: 'one' } })
    expect((await change('urn:p:11', 'a', { by: 'two', x: 2 })).status).to.equal(204)
    expect(await api.read('urn:p:11', '?format=concise')).to.deep.include({
      a: { value: { x: 1 }, by: 'two', x: 2 },
    })
  })

  it('deletes a sub-attribute that is NGSI-LD Null', async () => {
    await api.create('urn:p:3', { a: { value: 1, by: 'one', kept: 1 } })
    expect((await change('urn:p:3', 'a', { by: NULL })).status).to.equal(204)
    expect(await attribute('urn:p:3', 'a')).to.deep.equal({
      type: 'Property',
      value: 1,
      kept: { type: 'Property', value: 1 },
    })
  })

  it('deletes the instance whose value becomes NGSI-LD Null, and no other', async () => {
    await api.create('urn:p:4', { a: [{ value: 1 }, { value: 2, datasetId: DATASET }], kept: 1 })
    const body = { type: 'Property', value: NULL }
    expect((await change('urn:p:4', 'a', body)).status).to.equal(204)
    expect(await api.read('urn:p:4', '?format=concise')).to.deep.equal({
      id: 'urn:p:4',
      type: 'Room',
      a: { value: 2, datasetId: DATASET },
      kept: 1,
    })
    await api.refused(change('urn:p:4', 'a', body), 404, 'ResourceNotFound')
  })

  it('touches only the instance with the datasetId that is given', async () => {
    await api.create('urn:p:5', { a: [{ value: 1 }, { value: 2, datasetId: DATASET }] })
    expect((await change('urn:p:5', 'a', { value: 3, datasetId: DATASET })).status).to.equal(204)
    expect(await api.read('urn:p:5', '?format=simplified')).to.have.deep.property('a', {
      dataset: { '@none': 1, [DATASET]: 3 },
    })
    await api.refused(change('urn:p:5', 'a', { value: 4, datasetId: 'urn:p:none' }), 404, 'ResourceNotFound')
  })

  it('refuses members that the kind of the attribute does not have', async () => {
    await api.create('urn:p:12', { a: 1, r: { object: 'urn:p:1' } })
    for (const [name, body] of [
      ['a', { objectType: 'Hall' }],
      ['r', { unitCode: 'CEL' }],
      ['r', { valueType: 'Celsius' }],
    ] as const) {
      await api.refused(change('urn:p:12', name, body), 400, 'BadRequestData')
      await api.refused(api.write('PATCH', `${ENTITIES}/urn:p:12`, { [name]: body }), 400, 'BadRequestData')
    }
    expect(await api.read('urn:p:12', '?format=concise')).to.deep.include({ a: 1, r: { object: 'urn:p:1' } })
  })

  it('refuses another kind than the attribute has', async () => {
    await api.create('urn:p:6', { a: 1 })
    const body = { type: 'Relationship', object: 'urn:p:1' }
    await api.refused(change('urn:p:6', 'a', body), 400, 'BadRequestData')
    expect(await attribute('urn:p:6', 'a')).to.deep.equal({ type: 'Property', value: 1 })
  })

  it('keeps createdAt, and moves modifiedAt of attribute and entity', async () => {
    await api.create('urn:p:7', { a: 1 })
    const before = await api.read('urn:p:7', '?options=sysAttrs')
    await change('urn:p:7', 'a', { value: 2 })
    const after = await api.read('urn:p:7', '?options=sysAttrs')
    expect(after.a.createdAt).to.equal(before.a.createdAt)
    expect(micros(after.a.modifiedAt)).to.be.greaterThan(micros(before.a.modifiedAt))
    expect(after.modifiedAt).to.equal(after.a.modifiedAt)
  })

  it('takes application/merge-patch+json like application/json', async () => {
    await api.create('urn:p:8', { a: 1 })
    const headers = { 'Content-Type': 'application/merge-patch+json' }
    const path = `${ENTITIES}/urn:p:8/attrs/a`
    expect((await api.write('PATCH', path, { value: 2 }, headers)).status).to.equal(204)
    expect((await api.read('urn:p:8', '?format=simplified')).a).to.equal(2)
  })

  it('changes nothing of an entity whose type is another than the type parameter', async () => {
    await api.create('urn:p:9', { a: 1 })
    await api.refused(change('urn:p:9', 'a', { value: 2 }, '?type=Hall'), 404, 'ResourceNotFound')
    expect((await api.read('urn:p:9', '?format=simplified')).a).to.equal(1)
  })

  it('refuses the scope, what is no name, an absent attribute and an absent entity', async () => {
    await api.create('urn:p:10', { a: 1, scope: '/A' })
    for (const name of ['scope', '1a', 'a%20b', '%7Ba', 'https:%2F%2Furi.etsi.org%2Fngsi-ld%2Fscope'])
      await api.refused(change('urn:p:10', name, { value: 2 }), 400, 'BadRequestData')
    await api.refused(change('', 'a', { value: 2 }), 400, 'BadRequestData')
    await api.refused(change('urn:p:10', 'b', { value: 2 }), 404, 'ResourceNotFound')
    await api.refused(change('urn:p:none', 'a', { value: 2 }), 404, 'ResourceNotFound')
    expect(await api.read('urn:p:10', '?format=simplified')).to.include({ a: 1, scope: '/A' })
  })
})
