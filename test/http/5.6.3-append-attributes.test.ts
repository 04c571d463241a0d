import { expect } from 'chai'
import { ENTITIES, useApi } from '../support/api.ts'
import { micros } from '../support/micros.ts'

describe('5.6.3 Append Attributes', () => {
  const api = useApi()
  const DATASET = 'urn:a:dataset'

  const append = (id: string, body: unknown, query = '') =>
    api.write('POST', `${ENTITIES}/${id}/attrs/${query}`, body)

  it('adds what is new and replaces what is there', async () => {
    await api.create('urn:a:1', { a: { value: 1, unitCode: 'CEL' }, kept: 1 })
    const answer = await append('urn:a:1', { a: 2, b: 3 })
    expect([answer.status, answer.text]).to.deep.equal([204, ''])
    expect(await api.read('urn:a:1')).to.deep.equal({
      id: 'urn:a:1',
      type: 'Room',
      a: { type: 'Property', value: 2 },
      kept: { type: 'Property', value: 1 },
      b: { type: 'Property', value: 3 },
    })
  })

  it('leaves what is there with noOverwrite, and tells so in an UpdateResult of full names', async () => {
    await api.create('urn:a:2', { a: 1 })
    const answer = await append('urn:a:2', { a: 2, b: 3 }, '?options=noOverwrite')
    expect(answer.status).to.equal(207)
    expect(answer.headers).to.not.have.property('link')
    expect(answer.body.updated).to.deep.equal(['https://uri.etsi.org/ngsi-ld/default-context/b'])
    expect(answer.body.notUpdated).to.have.length(1)
    expect(answer.body.notUpdated[0]).to.include({
      attributeName: 'https://uri.etsi.org/ngsi-ld/default-context/a',
    })
    expect(answer.body.notUpdated[0].reason).to.be.a('string').that.is.not.equal('')
    expect(await api.read('urn:a:2', '?format=simplified')).to.include({ a: 1, b: 3 })
    expect((await append('urn:a:2', { c: 4 }, '?options=noOverwrite')).status).to.equal(204)
  })

  it('adds an instance with a datasetId beside those that are there', async () => {
    await api.create('urn:a:3', { a: 1 })
    expect((await append('urn:a:3', { a: { value: 2, datasetId: DATASET } })).status).to.equal(204)
    expect(
      (await append('urn:a:3', { a: { value: 3, datasetId: DATASET } }, '?options=noOverwrite')).status,
    ).to.equal(207)
    expect((await api.read('urn:a:3', '?format=simplified')).a).to.deep.equal({
      dataset: { '@none': 1, [DATASET]: 2 },
    })
  })

  it('keeps createdAt of what it replaces', async () => {
    await api.create('urn:a:4', { a: 1 })
    const before = await api.read('urn:a:4', '?options=sysAttrs')
    await append('urn:a:4', { a: 2 })
    const after = await api.read('urn:a:4', '?options=sysAttrs')
    expect(after.a.createdAt).to.equal(before.a.createdAt)
    expect(micros(after.a.modifiedAt)).to.be.greaterThan(micros(before.a.modifiedAt))
  })

  it('replaces the scope, but adds to it with noOverwrite', async () => {
    await api.create('urn:a:5', { scope: '/A' })
    await append('urn:a:5', { scope: ['/B', '/C'] })
    expect((await api.read('urn:a:5')).scope).to.deep.equal(['/B', '/C'])
    await append('urn:a:5', { scope: ['/C', '/D'] }, '?options=noOverwrite')
    expect((await api.read('urn:a:5')).scope).to.deep.equal(['/B', '/C', '/D'])
    await api.create('urn:a:6')
    await append('urn:a:6', { scope: '/A' })
    expect((await api.read('urn:a:6')).scope).to.equal('/A')
  })

  it('adds types and takes none away', async () => {
    await api.create('urn:a:7')
    await append('urn:a:7', { type: ['Hall', 'Room'] })
    expect((await api.read('urn:a:7')).type).to.have.members(['Room', 'Hall'])
  })

  it('changes nothing of an entity whose type is another than the type parameter', async () => {
    await api.create('urn:a:8')
    await api.refused(append('urn:a:8', { a: 1 }, '?type=Hall'), 404, 'ResourceNotFound')
    expect(await api.read('urn:a:8')).to.not.have.property('a')
  })

  it('means the entity of the path, whatever id the body has', async () => {
    await api.create('urn:a:10', { a: 1 })
    expect((await append('urn:a:10', { id: 'urn:a:other', b: 2 })).status).to.equal(204)
    expect(await api.read('urn:a:10', '?format=simplified')).to.include({ a: 1, b: 2 })
    await api.absent('urn:a:other')
  })

  it('refuses NGSI-LD Null, an absent entity and options that it does not know', async () => {
    await api.create('urn:a:9', { a: 1 })
    for (const body of [{ a: 'urn:ngsi-ld:null' }, { a: { value: 'urn:ngsi-ld:null' } }])
      await api.refused(append('urn:a:9', body), 400, 'BadRequestData')
    await api.refused(append('urn:a:none', { a: 1 }), 404, 'ResourceNotFound')
    await api.refused(append('', { a: 1 }), 400, 'BadRequestData')
    await api.refused(append('urn:a:9', { a: 2 }, '?options=overwrite'), 400, 'InvalidRequest')
    expect((await api.read('urn:a:9', '?format=simplified')).a).to.equal(1)
  })
})
